import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import type { LabelExpression, PodSelector } from '../manifest.js';
import { matchesSelector } from '../matches-selector.js';
import { isServing, type Pod } from './pod.js';

/** A PodDisruptionBudget with what its controller last counted. */
export interface DisruptionBudget {
  /** `shop/orders` */
  readonly id: string;
  readonly namespace: string;
  /** Undefined where it means no pod at all; an empty one means every pod of the namespace. */
  readonly selector: PodSelector | undefined;
  /** `minAvailable: 2`, as whoever wrote it has it. */
  readonly limit: string;
  /** How many healthy pods may be evicted just now. */
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  /** Its pods that are not ready may be evicted whatever the count is (`unhealthyPodEvictionPolicy: AlwaysAllow`). */
  readonly freesUnready: boolean;
  /** Changed since it was counted: until then every eviction is refused. */
  readonly stale: boolean;
}

/** What one budget says about evicting some pods all at once. */
export interface BudgetReading {
  readonly budget: DisruptionBudget;
  /** Those of the pods that it covers. */
  readonly pods: readonly Pod[];
  /** How many of them would be refused just now; more may follow as others become ready. */
  readonly refused: number;
}

/** Reads a PodDisruptionBudget of policy/v1. */
export function readBudget({ metadata, spec = {}, status = {} }: KubeObject): DisruptionBudget {
  const { namespace = '', name, generation = 0 } = metadata;
  const observed = countOf(status.observedGeneration);
  return {
    id: `${namespace}/${name}`,
    namespace,
    selector: readSelector(spec.selector),
    limit: describeLimit(spec),
    disruptionsAllowed: countOf(status.disruptionsAllowed),
    currentHealthy: countOf(status.currentHealthy),
    desiredHealthy: countOf(status.desiredHealthy),
    freesUnready: spec.unhealthyPodEvictionPolicy === 'AlwaysAllow',
    stale: observed < generation,
  };
}

/** What each budget that covers any of the pods says about evicting all of them at once. */
export function readBudgets(
  budgets: readonly DisruptionBudget[],
  pods: readonly Pod[],
): readonly BudgetReading[] {
  return budgets.flatMap((budget) => {
    const covered = pods.filter((pod) => covers(budget, pod));
    return covered.length === 0 ? [] : [{ budget, pods: covered, refused: refusedOf(budget, covered) }];
  });
}

/** Pods under several budgets at once, which the Eviction API never evicts. */
export function underSeveral(budgets: readonly DisruptionBudget[], pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => budgets.filter((budget) => covers(budget, pod)).length > 1);
}

/** `PodDisruptionBudget shop/orders (minAvailable: 2): 1 disruption allowed now, covers 3 of the pods, would refuse 2`. */
export function describeBudget({ budget, pods, refused }: BudgetReading): string {
  const { id, limit, disruptionsAllowed: allowed } = budget;
  const count = budget.stale
    ? 'not counted yet after a change'
    : `${allowed} ${allowed === 1 ? 'disruption' : 'disruptions'} allowed now`;
  const verdict = refused === 0 ? 'refuses none' : `would refuse ${refused}`;
  return `PodDisruptionBudget ${id} (${limit}): ${count}, covers ${pods.length} of the pods, ${verdict}`;
}

function covers({ namespace, selector }: DisruptionBudget, pod: Pod): boolean {
  if (selector === undefined || pod.namespace !== namespace) return false;
  return matchesSelector(selector, { id: pod.name, labels: pod.labels });
}

/**
 * As the Eviction API decides it (kubernetes: pkg/registry/core/pod/storage/eviction.go): a pod that never ran or is over
 * needs nobody's leave; one that is not ready goes free while the budget is met; the others are counted.
 */
function refusedOf(budget: DisruptionBudget, covered: readonly Pod[]): number {
  const asking = covered.filter(({ phase, deleting }) => phase === 'Running' && !deleting);
  const met = budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy;
  const counted = asking.filter((pod) => isServing(pod) || !(budget.freesUnready || met));
  return budget.stale ? counted.length : Math.max(0, counted.length - budget.disruptionsAllowed);
}

function readSelector(selector: unknown): PodSelector | undefined {
  if (typeof selector !== 'object' || selector === null) return undefined;
  const { matchLabels = {}, matchExpressions = [] } = selector as {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly LabelExpression[];
  };
  return { labelSelectors: matchLabels, expressionSelectors: matchExpressions };
}

function describeLimit({ minAvailable, maxUnavailable }: Readonly<Record<string, unknown>>): string {
  const most = limitOf(maxUnavailable);
  return most === undefined ? `minAvailable: ${limitOf(minAvailable) ?? 1}` : `maxUnavailable: ${most}`;
}

/** A count, or a percentage as text. */
function limitOf(value: unknown): number | string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
