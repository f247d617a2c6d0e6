import { messageOf } from '../../shared/errors.js';
import { isNotFound } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import type { SweptFault } from '../fault-injector.js';
import type { NamedManifest } from './build-manifest.js';
import { leftoverResource, resourceOf } from './chaos-kinds.js';
import type { ChaosTracker } from './chaos-tracker.js';
import type { ClusterAccess } from './cluster-access.js';
import { allowedNamespaces } from './cluster-config.js';
import { findLeftovers } from './find-leftovers.js';
import { podOf } from './read-coverage.js';

const DEADLINE_MS = 20_000;

/**
 * The last resort for an object that Chaos Mesh cannot recover: takes its finalizer off, and removes the objects that hold
 * its rules. What is in the pods themselves nobody has taken out: that is said, pod by pod, and never called clean.
 */
export async function dropFinalizers(
  { client, clock, config }: Pick<ClusterAccess, 'client' | 'clock' | 'config'>,
  manifest: NamedManifest,
  tracker: ChaosTracker,
): Promise<Pick<SweptFault, 'status' | 'detail'>> {
  const { name, namespace } = manifest.metadata;
  const { records } = tracker.current().state;
  const pods = [
    ...new Set(records.filter(({ injectedCount }) => injectedCount > 0).map(({ id }) => podOf(id))),
  ];
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const steps: string[] = [];
  try {
    const path = objectPath(resourceOf(manifest), namespace, name);
    await client.send({ method: 'PATCH', path, body: { metadata: { finalizers: null } } }, deadline);
    steps.push('took its finalizer off');
    const resource = leftoverResource(manifest.kind);
    if (resource !== undefined) {
      await clock.sleep(1000, deadline); // the object goes first: its controller must not write the rules again
      const allowed = allowedNamespaces(config);
      const places = [...new Set(records.map(({ id }) => id.split('/')[0] ?? namespace))].filter((place) =>
        allowed.includes(place),
      );
      const found = await Promise.all(
        places.map(async (place) => await findLeftovers(client, place, [manifest.kind], deadline)),
      );
      const carriers = new Set(records.map(({ id }) => podOf(id)));
      const own = found
        .flat()
        .filter(({ pod, source }) => source === `${namespace}/${name}` || carriers.has(pod));
      for (const [holder, pod] of new Map(own.map((left) => [left.holder, left.pod]))) {
        const [place = '', podName = ''] = pod.split('/');
        await client
          .send({ method: 'DELETE', path: objectPath(resource, place, podName) }, deadline)
          .catch(ignoreGone);
        steps.push(`deleted ${holder}`);
      }
    }
  } catch (error) {
    return { status: 'left', detail: [...steps, messageOf(error)].join('; ') };
  }
  const done = steps.join('; ');
  if (pods.length === 0) return { status: 'removed', detail: `${done}; no pod had ever carried it` };
  return {
    status: 'left',
    detail: `${done}; the fault may still be in ${pods.join(', ')}: replace with ${pods
      .map((pod) => `${client.kubectl} -n ${pod.split('/')[0] ?? ''} delete pod ${pod.split('/')[1] ?? ''}`)
      .join('; ')}`,
  };
}

function ignoreGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
