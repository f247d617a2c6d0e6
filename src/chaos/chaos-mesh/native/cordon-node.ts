import { messageOf, PlimsollError } from '../../../shared/errors.js';
import type { KubeClient, KubeObject } from '../../../shared/kubernetes/kube-client.js';
import { isNotFound, isUnanswered, KubeError } from '../../../shared/kubernetes/kube-error.js';
import { NODES, objectPath } from '../../../shared/kubernetes/object-path.js';
import type { Clock } from '../../../shared/time.js';
import { RUN_LABEL } from '../../../shared/kubernetes/run-labels.js';
import { remedyFor } from '../remedy-for.js';
import { isTimeout } from './is-timeout.js';
import { type ClusterNode, CORDONED_BY, LEASED_IN, readNode } from './node.js';

/** The kubelet writes to its node all the time: what was read is soon out of date. */
const TRIES = 10;
const RETRY_MS = 300;
const REQUEST_DEADLINE_MS = 5000;

/**
 * Makes a node unschedulable and marks it as this run's, in one step. Only a node that nobody has cordoned before. Where
 * an answer is lost, the node itself tells.
 *
 * Rejects with FAULT_NOT_INJECTED; the node may be marked then: uncordonNode() takes back what is.
 */
export async function cordonNode(
  { client, clock, runId }: { readonly client: KubeClient; readonly clock: Clock; readonly runId: string },
  name: string,
  leasedIn: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let last = '';
  let remedy = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    signal.throwIfAborted();
    try {
      const node = await getNode(client, name, AbortSignal.timeout(REQUEST_DEADLINE_MS));
      if (node === undefined) throw notCordoned(name, 'it is gone');
      if (node.unschedulable && node.cordonedBy === runId) return;
      if (node.unschedulable) throw notCordoned(name, `${cordonedBy(node)} has cordoned it meanwhile`);
      const { resourceVersion } = node;
      const annotations = { [CORDONED_BY]: runId, [LEASED_IN]: leasedIn.join(',') };
      const metadata = { resourceVersion, labels: { [RUN_LABEL]: runId }, annotations };
      await patchNode(client, name, { metadata, spec: { unschedulable: true } });
      return;
    } catch (error) {
      if (!(error instanceof KubeError) && !isTimeout(error)) throw error;
      last = messageOf(error);
      if (error instanceof KubeError) remedy = remedyFor(error, client.kubectl);
      if (error instanceof KubeError && error.status !== 409 && !isUnanswered(error)) break;
    }
    await clock.sleep(RETRY_MS, signal);
  }
  throw notCordoned(name, last, remedy);
}

/** Undefined where it is gone. */
export async function getNode(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<ClusterNode | undefined> {
  try {
    const { body } = await client.send({ method: 'GET', path: objectPath(NODES, undefined, name) }, signal);
    return readNode(body as KubeObject);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Not cut off with the run: a request that is cut off half way may have been carried out. */
export async function patchNode(client: KubeClient, name: string, body: unknown): Promise<void> {
  const path = objectPath(NODES, undefined, name);
  const query = { fieldManager: 'plimsoll' };
  await client.send({ method: 'PATCH', path, query, body }, AbortSignal.timeout(REQUEST_DEADLINE_MS));
}

/** `run 20261125-...`, or `somebody`. */
export function cordonedBy({ cordonedBy: runId }: ClusterNode): string {
  return runId === undefined ? 'somebody' : `run ${runId}`;
}

function notCordoned(name: string, why: string, remedy = ''): PlimsollError {
  return new PlimsollError('FAULT_NOT_INJECTED', `node ${name} could not be cordoned: ${why}`, { remedy });
}
