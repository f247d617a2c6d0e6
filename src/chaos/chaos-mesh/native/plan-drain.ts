import type { Finding } from '../../../shared/finding.js';
import { listObjects } from '../../../shared/kubernetes/list-objects.js';
import { NODES, objectPath, PODS } from '../../../shared/kubernetes/object-path.js';
import type { PlannedFault } from '../../fault-injector.js';
import type { ClusterAccess } from '../cluster-access.js';
import { chooseNodes } from './choose-nodes.js';
import { readDrainSpec } from './drain-spec.js';
import { type ClusterNode, readNode } from './node.js';
import { type NodePod, readNodePod, type SortedPods, sortNodePods } from './sort-node-pods.js';

/** What a drain would do to the cluster as it is now. */
export interface DrainPlan {
  /** Those to be cordoned. */
  readonly nodes: readonly ClusterNode[];
  /** Those to be evicted. */
  readonly pods: readonly NodePod[];
  /** Where one of them stops the fault, nothing may be done. */
  readonly findings: readonly Finding[];
}

/** Draws the nodes by the run's id, and sorts the pods on them. */
export async function planDrain(
  { client, config, runId, ownPod }: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<DrainPlan> {
  const spec = readDrainSpec(fault.manifest);
  const { items: all } = await listObjects(client, { path: objectPath(NODES) }, readNode, signal);
  const { nodes, findings } = chooseNodes(spec, all, `${runId} ${fault.name}`);
  const places = spec.pods.namespaces ?? [undefined];
  const lists = await Promise.all(
    nodes.flatMap(({ id }) =>
      places.map(async (namespace) => {
        const query = { path: objectPath(PODS, namespace), fieldSelector: `spec.nodeName=${id}` };
        return (await listObjects(client, query, readNodePod, signal)).items;
      }),
    ),
  );
  const sorted = sortNodePods(spec, lists.flat(), config, ownPod);
  const nobody = nodes.length > 0 && sorted.evict.length === 0 ? [nothingToEvict(nodes)] : [];
  return {
    nodes,
    pods: sorted.evict,
    findings: [...findings, ...sorted.findings, ...nobody, ...whatStays(nodes, sorted, spec.pods.namespaces)],
  };
}

function nothingToEvict(nodes: readonly ClusterNode[]): Finding {
  return {
    severity: 'stop',
    code: 'no-target',
    message: `there is no pod to evict on ${namesOf(nodes)}`,
    remedy: 'Choose a node that runs the service, or widen spec.pods.',
  };
}

/** Who reads "drained" should not believe that the node is empty. */
function whatStays(
  nodes: readonly ClusterNode[],
  { left }: SortedPods,
  namespaces: readonly string[] | undefined,
): readonly Finding[] {
  const parts = [...left].map(([reason, pods]) => `${pods.length} ${reason}`);
  if (namespaces !== undefined) parts.push(`all outside of ${namespaces.join(', ')}`);
  if (nodes.length === 0 || parts.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'pods-stay',
      message: `the drain of ${namesOf(nodes)} leaves pods there: ${parts.join(', ')}`,
      remedy: '',
    },
  ];
}

function namesOf(nodes: readonly ClusterNode[]): string {
  return nodes.map(({ id }) => id).join(', ');
}
