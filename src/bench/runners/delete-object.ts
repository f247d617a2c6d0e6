import { messageOf } from '../../shared/errors.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import { isNotFound } from '../../shared/kubernetes/kube-error.js';
import { objectPath, type Resource } from '../../shared/kubernetes/object-path.js';
import type { Clock, DurationMs } from '../../shared/time.js';

export interface ObjectToDelete {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  /** `Job`. */
  readonly what: string;
}

const DEADLINE_MS: DurationMs = 40_000;
const LOOK_MS: DurationMs = 300;

/**
 * Deletes an object with all that belongs to it, and waits until it is gone. Resolves with a sentence where it is not.
 * Never rejects.
 */
export async function deleteObject(object: ObjectToDelete): Promise<string | undefined> {
  const { client, clock, resource, namespace, name, what } = object;
  const path = objectPath(resource, namespace, name);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  let problem = 'it is still there';
  for (;;) {
    try {
      await client.send({ method: 'DELETE', path, body: { propagationPolicy: 'Foreground' } }, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      problem = messageOf(error);
    }
    try {
      await clock.sleep(LOOK_MS, signal);
    } catch {
      // Time is up.
      return `${what} ${namespace}/${name} could not be deleted within ${DEADLINE_MS / 1000} s: ${problem}; look with: ${client.kubectl} -n ${namespace} get ${resource.plural} ${name}`;
    }
  }
}
