import type { KubeObject } from '../../../shared/kubernetes/kube-client.js';
import { RUN_LABEL } from '../../../shared/kubernetes/run-labels.js';

/** The run that made a node unschedulable: a node without this mark is never made schedulable again by Plimsoll. */
export const CORDONED_BY = 'plimsoll.dev/cordoned-by';
/** Where that run holds its leases, so that a sweep elsewhere can tell whether it lives: `shop,front`. */
export const LEASED_IN = 'plimsoll.dev/leased-in';

export const CORDON_TAINT = 'node.kubernetes.io/unschedulable';

/** What Plimsoll keeps of a node. */
export interface ClusterNode {
  /** Its name. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** Pods are kept off by the taint, which comes and goes a moment after the field. */
  readonly tainted: boolean;
  /** The run that has left its mark. */
  readonly cordonedBy: string | undefined;
  /** The label by which a marked node is found. */
  readonly markedRun: string | undefined;
  readonly leasedIn: readonly string[];
  readonly resourceVersion: string | undefined;
}

export function readNode({ metadata, spec = {}, status = {} }: KubeObject): ClusterNode {
  const { labels = {}, annotations = {} } = metadata;
  const conditions = listOf(status.conditions);
  return {
    id: metadata.name,
    labels,
    ready: conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    unschedulable: spec.unschedulable === true,
    tainted: listOf(spec.taints).some(({ key }) => key === CORDON_TAINT),
    cordonedBy: annotations[CORDONED_BY],
    markedRun: labels[RUN_LABEL],
    leasedIn: (annotations[LEASED_IN] ?? '').split(',').filter(Boolean),
    resourceVersion: metadata.resourceVersion,
  };
}

/** Whether new pods may come to it. */
export function isSchedulable({ ready, unschedulable }: ClusterNode): boolean {
  return ready && !unschedulable;
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as Readonly<Record<string, unknown>>[]) : [];
}
