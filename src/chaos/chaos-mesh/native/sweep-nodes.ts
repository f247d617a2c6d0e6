import { isForbidden } from '../../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../../shared/kubernetes/list-objects.js';
import { NODES, objectPath } from '../../../shared/kubernetes/object-path.js';
import type { SweepScope, SweptFault } from '../../fault-injector.js';
import { RUN_LABEL } from '../../../shared/kubernetes/run-labels.js';
import type { ClusterAccess } from '../cluster-access.js';
import { allowedNamespaces } from '../cluster-config.js';
import { readLease } from '../run-lease.js';
import { type ClusterNode, readNode } from './node.js';
import { uncordonNode } from './uncordon-node.js';

/**
 * The nodes with the mark of a dead run; with orphans also of any other run that is not known to live, as long as its
 * leases are where this environment may look.
 */
export async function findCordoned(
  access: ClusterAccess,
  { runs, orphans }: SweepScope,
  signal: AbortSignal,
): Promise<readonly ClusterNode[]> {
  const marked = await listMarked(access, RUN_LABEL, signal);
  const dead = new Set(runs.map(({ runId }) => runId));
  const found: ClusterNode[] = [];
  for (const node of marked) {
    const runId = node.markedRun ?? '';
    if (dead.has(runId)) found.push(node);
    else if (orphans !== undefined && runId !== access.runId && !orphans.living.includes(runId)) {
      if (await isOrphan(access, node, signal)) found.push(node);
    }
  }
  return found;
}

/** Those that a run has cordoned, or marked at least; none where this identity may not see nodes: it has cordoned none. */
export async function listMarked(
  { client }: Pick<ClusterAccess, 'client'>,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly ClusterNode[]> {
  try {
    const query = { path: objectPath(NODES), labelSelector };
    return (await listObjects(client, query, readNode, signal)).items;
  } catch (error) {
    if (isForbidden(error)) return [];
    throw error;
  }
}

/** Never rejects. */
export async function sweepNode(access: ClusterAccess, node: ClusterNode): Promise<SweptFault> {
  const { client, clock, recoverDeadlineMs } = access;
  const runId = node.markedRun ?? '';
  const what = `cordon of node ${node.id}`;
  const deadline = AbortSignal.timeout(recoverDeadlineMs);
  const end = await uncordonNode({ client, clock, runId }, node.id, 'cordoned', deadline);
  switch (end.status) {
    case 'schedulable':
    case 'handed-over':
      return { runId, what, status: 'removed', detail: 'schedulable again, marks gone' };
    case 'gone':
      return { runId, what, status: 'already-gone', detail: 'the node is gone' };
    case 'left': {
      const byHand = `${client.kubectl} uncordon ${node.id}, then plimsoll sweep again`;
      return { runId, what, status: 'left', detail: `${end.reason}; by hand: ${byHand}` };
    }
  }
}

/** A lease that cannot be read may be alive. */
async function isOrphan(
  { client, config }: ClusterAccess,
  { markedRun, leasedIn }: ClusterNode,
  signal: AbortSignal,
): Promise<boolean> {
  const allowed = allowedNamespaces(config);
  if (leasedIn.length === 0 || !leasedIn.every((namespace) => allowed.includes(namespace))) return false;
  for (const namespace of leasedIn) {
    const holder = await readLease(client, namespace, signal);
    if (holder.status === 'unknown' || (holder.status === 'held' && holder.runId === markedRun)) return false;
  }
  return true;
}
