import type { Finding } from '../../shared/finding.js';
import { seededRandom } from '../../shared/seeded-random.js';
import type { PlannedFault } from '../fault-injector.js';
import type { PodSelector, SelectionMode } from '../manifest.js';
import { selectTargets, type TargetChoice } from '../select-targets.js';
import { isRunning, type Pod } from './pod.js';
import { namespacesOf } from './select-pods.js';

export type PodChoice =
  | {
      readonly status: 'chosen';
      /** Those that will carry the fault. */
      readonly pods: readonly Pod[];
      /** All that the selector means and that are running. */
      readonly matched: readonly Pod[];
      /** Those it means and that are not running, and so cannot carry it. */
      readonly notRunning: readonly Pod[];
    }
  | { readonly status: 'none'; readonly finding: Finding };

/** Selector, mode and value of a fault that selects pods. */
export function choiceOf({ manifest }: PlannedFault): TargetChoice {
  const { selector, mode, value } = manifest.spec;
  return {
    selector: selector ?? {},
    mode: (mode ?? 'one') as SelectionMode,
    ...(typeof value === 'string' ? { value } : {}),
  };
}

/**
 * Draws the pods by the run's id, so that the plan names those that the run will hit.
 *
 * @param namespace where the selector looks if it names none
 */
export function choosePods(
  fault: PlannedFault,
  matched: readonly Pod[],
  { runId, namespace }: { readonly runId: string; readonly namespace: string },
): PodChoice {
  const choice = choiceOf(fault);
  const running = matched.filter(isRunning);
  if (running.length === 0)
    return { status: 'none', finding: nothingRuns(choice.selector, matched, namespace) };
  const drawn = selectTargets({ ...choice, selector: {} }, running, seededRandom(`${runId} ${fault.name}`));
  if (drawn.status === 'none') return drawn;
  const notRunning = matched.filter((pod) => !isRunning(pod));
  return { status: 'chosen', pods: drawn.targets, matched: drawn.matched, notRunning };
}

/** How many of the pods that serve now should carry the fault. */
export function wantedCount({ mode, value }: TargetChoice, serving: number, chosen: number): number {
  switch (mode) {
    case 'all':
      return serving;
    case 'fixed-percent':
      return Math.ceil((serving * Number(value)) / 100);
    case 'fixed':
    case 'one':
    case 'random-max-percent':
      return Math.min(chosen, serving);
  }
}

function nothingRuns(selector: PodSelector, matched: readonly Pod[], own: string): Finding {
  const what = `the selector ${JSON.stringify(selector)}`;
  if (matched.length === 0) {
    const namespaces = namespacesOf(selector, own);
    return {
      severity: 'stop',
      code: 'no-target',
      message: `${what} matches no pod in ${namespaces.join(', ')}`,
      remedy: `Compare it with: kubectl -n ${namespaces[0] ?? own} get pods --show-labels. Chaos Mesh would accept it and do nothing.`,
    };
  }
  return {
    severity: 'stop',
    code: 'no-target',
    message: `${what} matches ${matched.length} pods, but none is running: ${matched
      .slice(0, 3)
      .map(({ id, phase, deleting }) => `${id} is ${deleting ? 'being deleted' : phase}`)
      .join(', ')}`,
    remedy: 'Bring the pods up first.',
  };
}
