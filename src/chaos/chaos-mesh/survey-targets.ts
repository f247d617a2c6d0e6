import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import { isForbidden, isNotFound } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { BUDGETS, objectPath } from '../../shared/kubernetes/object-path.js';
import type { PlannedFault, PlannedTarget } from '../fault-injector.js';
import type { PodSelector } from '../manifest.js';
import { choiceOf, choosePods, type PodChoice } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import { isServing, type Pod } from './pod.js';
import { readBudget, readBudgets, type BudgetReading } from './read-budgets.js';
import { resolveOwners } from './resolve-owners.js';
import { listSelectedPods } from './select-pods.js';
import { servicesInFront, type ServicesInFront } from './services-in-front.js';

/** What a fault would hit, and what stands around it. */
export interface TargetSurvey {
  readonly choice: Extract<PodChoice, { status: 'chosen' }>;
  readonly services: ServicesInFront;
  /** None where this identity may not see them. */
  readonly budgets: readonly BudgetReading[];
  /** By the pod's id. */
  readonly owners: ReadonlyMap<string, string>;
}

export type Surveyed =
  ({ readonly status: 'chosen' } & TargetSurvey) | Extract<PodChoice, { status: 'none' }>;

/** Draws the targets of a fault that selects pods, and looks at what is in front of and behind them. */
export async function surveyTargets(
  { client, config, runId }: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<Surveyed> {
  const { selector } = choiceOf(fault);
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const matched = await listSelectedPods(client, selector, own, signal);
  const choice = choosePods(fault, matched, { runId, namespace: own });
  if (choice.status === 'none') return choice;
  return { status: 'chosen', ...(await surveyAround(client, selector, choice, signal)) };
}

/**
 * What is in front of and behind chosen pods.
 *
 * @param selector by which they were found
 */
export async function surveyAround(
  client: KubeClient,
  selector: PodSelector,
  choice: TargetSurvey['choice'],
  signal: AbortSignal,
): Promise<TargetSurvey> {
  const { pods: targets } = choice;
  const matched = [...choice.matched, ...choice.notRunning];
  const [services, budgets, owners] = await Promise.all([
    servicesInFront(client, { selection: { selector, matched }, targets }, signal),
    listBudgets(client, targets, signal),
    resolveOwners(client, targets, signal),
  ]);
  return { choice, services, budgets, owners };
}

/** The targets as the plan shows them. */
export function plannedTargets({
  choice,
  services,
  budgets,
  owners,
}: TargetSurvey): readonly PlannedTarget[] {
  const behind = new Map<string, { readonly service: string; readonly ready: number }[]>();
  for (const { id: service, pods } of services.status === 'seen' ? services.services : []) {
    const ready = pods.filter(isServing).length;
    for (const { id } of pods) behind.set(id, [...(behind.get(id) ?? []), { service, ready }]);
  }
  const over = budgets.map(({ budget: { id, limit, disruptionsAllowed: allowed }, pods }) => ({
    budget: { id, limit, allowed },
    pods: new Set(pods),
  }));
  return choice.pods.map((pod) => ({
    id: pod.id,
    uid: pod.uid,
    node: pod.node,
    owner: owners.get(pod.id) ?? pod.owner,
    ready: isServing(pod),
    ...(services.status === 'seen' ? { behind: behind.get(pod.id) ?? [] } : {}),
    budgets: over.flatMap(({ budget, pods }) => (pods.has(pod) ? [budget] : [])),
  }));
}

async function listBudgets(
  client: KubeClient,
  targets: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly BudgetReading[]> {
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        return (await listObjects(client, { path: objectPath(BUDGETS, namespace) }, readBudget, signal))
          .items;
      } catch (error) {
        if (isForbidden(error) || isNotFound(error)) return [];
        throw error;
      }
    }),
  );
  return readBudgets(lists.flat(), targets);
}
