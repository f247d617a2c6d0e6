import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import { messageOf } from '../../../shared/errors.js';
import type { Clock } from '../../../shared/time.js';
import { RUN_LABEL } from '../../../shared/kubernetes/run-labels.js';
import { cordonedBy, getNode, patchNode } from './cordon-node.js';
import { isTimeout } from './is-timeout.js';
import { type ClusterNode, CORDON_TAINT, CORDONED_BY, LEASED_IN } from './node.js';

export type Uncordoned =
  /** Read from the node itself: schedulable, and no mark of the run on it. */
  | { readonly status: 'schedulable' }
  | { readonly status: 'gone' }
  /** Somebody else has cordoned it since: our marks are off it, and it stays as he has it. */
  | { readonly status: 'handed-over' }
  | { readonly status: 'left'; readonly reason: string };

/**
 * What became of a node since this run set about it: `cordoned` by it; `tried`, where that may not have come to pass;
 * `freed`, where somebody made it schedulable since, so that a cordon which is there now is his.
 */
export type CordonHistory = 'cordoned' | 'tried' | 'freed';

const RETRY_MS = 300;

/**
 * Makes a node schedulable again that this run has made unschedulable, and proves it by the node itself. Never touches
 * one that does not carry the run's mark. Never rejects.
 */
export async function uncordonNode(
  { client, clock, runId }: { readonly client: KubeClient; readonly clock: Clock; readonly runId: string },
  name: string,
  history: CordonHistory,
  deadline: AbortSignal,
): Promise<Uncordoned> {
  let problem = 'the API server was not asked';
  try {
    for (;;) {
      try {
        const before = await getNode(client, name, deadline);
        if (before !== undefined) await takeMarksOff(client, before, runId, history);
        const node = await getNode(client, name, deadline);
        if (node === undefined) return { status: 'gone' };
        const ended = endOf(node, runId, history);
        if (ended.status !== 'waiting') return ended;
        problem = ended.reason;
      } catch (error) {
        if (!(error instanceof KubeError) && !isTimeout(error)) throw error;
        problem = messageOf(error);
      }
      await clock.sleep(RETRY_MS, deadline);
    }
  } catch (error) {
    if (!deadline.aborted) throw error;
    return { status: 'left', reason: problem };
  }
}

/** What the node itself says of how far it is. */
function endOf(
  node: ClusterNode,
  runId: string,
  history: CordonHistory,
): Uncordoned | { readonly status: 'waiting'; readonly reason: string } {
  if (node.cordonedBy === runId) return { status: 'waiting', reason: `its mark ${CORDONED_BY} stays on` };
  if (node.unschedulable) {
    if (history !== 'cordoned') return { status: 'handed-over' };
    const reason = `it is still cordoned, and whether by this run or by ${cordonedBy(node)} cannot be told: its mark ${CORDONED_BY} was taken off or changed`;
    return { status: 'left', reason };
  }
  if (node.markedRun === runId) return { status: 'waiting', reason: `its label ${RUN_LABEL} stays on` };
  if (!node.tainted) return { status: 'schedulable' };
  return { status: 'waiting', reason: `its taint ${CORDON_TAINT} stays on, though it is schedulable` };
}

/** The label of a node that stays cordoned is left: the next sweep has to find it again. */
async function takeMarksOff(
  client: KubeClient,
  { id, cordonedBy: by, markedRun, unschedulable, resourceVersion }: ClusterNode,
  runId: string,
  history: CordonHistory,
): Promise<void> {
  const isOurs = by === runId;
  if (!isOurs && (markedRun !== runId || (unschedulable && history === 'cordoned'))) return;
  // The version keeps what somebody else does in the same moment.
  const metadata = {
    resourceVersion,
    labels: { [RUN_LABEL]: null },
    ...(isOurs ? { annotations: { [CORDONED_BY]: null, [LEASED_IN]: null } } : {}),
  };
  const spec = isOurs && history !== 'freed' ? { spec: { unschedulable: null } } : {};
  await patchNode(client, id, { metadata, ...spec });
}
