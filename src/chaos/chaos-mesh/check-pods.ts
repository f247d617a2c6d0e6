import type { Finding } from '../../shared/finding.js';
import type { PlannedFault } from '../fault-injector.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import { takesPodsDown } from './chaos-kinds.js';
import { isOfChaosMesh } from './chaos-mesh-parts.js';
import { isServing, type Pod } from './pod.js';
import { describeBudget, type BudgetReading } from './read-budgets.js';

/** Pods that no fault may hit: those that make the load, this very harness, and Chaos Mesh, which has to end the fault. */
export function checkOwnPods(targets: readonly Pod[], ownPod: string | undefined): readonly Finding[] {
  const own = targets.filter(
    (pod) =>
      pod.id === ownPod ||
      pod.labels[MANAGER_LABEL] === 'plimsoll' ||
      pod.labels[RUN_LABEL] !== undefined ||
      isOfChaosMesh(pod),
  );
  if (own.length === 0) return [];
  return [
    {
      severity: 'stop',
      code: 'own-pod',
      message: `${listed(own)} belongs to Plimsoll or to Chaos Mesh itself: a fault there would hit whoever has to measure and to end it`,
      remedy: 'Select by labels that the service alone has.',
    },
  ];
}

/** Targets that nobody would start again. */
export function checkOwners({ manifest }: PlannedFault, targets: readonly Pod[]): readonly Finding[] {
  const bare = targets.filter(({ owner }) => owner === '');
  const removes = manifest.kind === 'PodEviction' || manifest.spec.action === 'pod-kill';
  if (bare.length === 0 || !removes) return [];
  return [
    {
      severity: 'stop',
      code: 'no-owner',
      message: `nobody would start ${listed(bare)} again: it has no owner`,
      remedy: 'Run it by a Deployment, or choose other targets.',
    },
  ];
}

export function warnAboutNotRunning(notRunning: readonly Pod[]): readonly Finding[] {
  if (notRunning.length === 0) return [];
  const named = notRunning.slice(0, SHOWN).map(({ id, phase }) => `${id} (${phase})`);
  return [
    {
      severity: 'warning',
      code: 'targets-not-running',
      message: `${named.join(', ')}${more(notRunning)} is not running and gets no fault`,
      remedy: '',
    },
  ];
}

/** Targets that take no requests: what a fault does to them, no load can see. */
export function warnAboutNotReady(targets: readonly Pod[]): readonly Finding[] {
  const idle = targets.filter((pod) => !isServing(pod));
  const [first] = idle;
  if (first === undefined) return [];
  const are = idle.length === 1 ? 'is' : 'are';
  return [
    {
      severity: 'warning',
      code: 'targets-not-ready',
      message: `${idle.length} of ${targets.length} ${targets.length === 1 ? 'target' : 'targets'} ${are} not ready, and ${are} sent no requests: ${listed(idle)}`,
      remedy: `see why: kubectl -n ${first.namespace} describe pod ${first.name}`,
    },
  ];
}

/** Chaos Mesh deletes and stops pods without asking any budget: more of them may go than their owners agreed to. */
export function warnAboutBudgets(
  { manifest }: PlannedFault,
  budgets: readonly BudgetReading[],
): readonly Finding[] {
  if (!takesPodsDown(manifest)) return [];
  return budgets
    .filter(({ refused }) => refused > 0)
    .map((reading) => ({
      severity: 'warning',
      code: 'over-budget',
      message: `${describeBudget(reading)}; the fault does not ask it`,
      remedy:
        'Select fewer, or run more replicas, unless an outage beyond the budget is what is being tried.',
    }));
}

const SHOWN = 5;

function listed(pods: readonly Pod[]): string {
  return `${pods
    .slice(0, SHOWN)
    .map(({ id }) => id)
    .join(', ')}${more(pods)}`;
}

function more(pods: readonly Pod[]): string {
  return pods.length > SHOWN ? ` and ${pods.length - SHOWN} more` : '';
}
