import type { DoseReading } from '../fault-injector.js';
import type { TargetChoice } from '../select-targets.js';
import type { ChaosSight } from './chaos-sight.js';
import { wantedCount } from './choose-pods.js';
import { isRunning, isServing, type Pod } from './pod.js';

export interface CoverageInput {
  readonly sight: ChaosSight;
  /** The pods that the fault was put into, as they were then. */
  readonly carriers: readonly Pod[];
  /** All pods that the selector means, as they are now. */
  readonly pods: readonly Pod[];
  readonly choice: TargetChoice;
  /** The fault acts once. */
  readonly oneShot: boolean;
  /** It makes faults and ends them again, with time in between. */
  readonly composite: boolean;
}

/**
 * Share of the pods that should carry the fault now and do. Chaos Mesh selects once: pods that start later serve without
 * the fault, and one that was replaced has lost it.
 */
export function readCoverage(input: CoverageInput): Omit<DoseReading, 'atMs'> {
  const { sight, carriers, pods, choice, oneShot, composite } = input;
  if (sight.presence === 'gone') return { coverage: 0, detail: 'the object was deleted by somebody else' };
  if (sight.state.deleting) return { coverage: 0, detail: 'the object is being deleted by somebody else' };
  switch (sight.state.status) {
    case 'paused':
      return { coverage: 0, detail: 'somebody paused the fault' };
    case 'recovering':
    case 'recovered':
    case 'never-injected':
      return { coverage: 0, detail: 'Chaos Mesh has ended the fault: its duration is over' };
    case 'selecting':
    case 'injecting': // again, after a pause
    case 'injected':
  }
  const hit = new Set(
    sight.state.records
      .filter(({ phase, selectorKey }) => phase === 'injected' && selectorKey === '.')
      .map(({ id }) => podOf(id)),
  );
  if (carriers.length === 0) {
    // What it acts on is not pods: the records are all there is to see.
    const { records } = sight.state;
    const injected = records.filter(({ phase }) => phase === 'injected').length;
    if (composite && injected === 0) return { coverage: 1, detail: 'between two of its faults' };
    const coverage = records.length === 0 ? 0 : composite ? 1 : injected / records.length;
    return { coverage, detail: `${injected} of ${records.length} targets carry it` };
  }
  if (oneShot) {
    return {
      coverage: Math.min(1, hit.size / carriers.length),
      detail: `hit ${hit.size} of ${carriers.length} targets`,
    };
  }
  const uids = new Set(carriers.map(({ uid }) => uid));
  const carrying = pods.filter((pod) => uids.has(pod.uid) && hit.has(pod.id) && isRunning(pod));
  const escaping = pods.filter((pod) => !carrying.includes(pod) && isServing(pod));
  const wanted = wantedCount(choice, carrying.length + escaping.length, carriers.length);
  const coverage = wanted === 0 ? 0 : Math.min(1, carrying.length / wanted);
  const rest = coverage < 1 && escaping.length > 0 ? `; without it: ${describeEscaping(escaping, uids)}` : '';
  return { coverage, detail: `${carrying.length} of ${wanted} pods that should carry it do${rest}` };
}

/** By their names, those that came later last: nothing was wrong with the fault there. */
function describeEscaping(pods: readonly Pod[], carriers: ReadonlySet<string>): string {
  const late = pods.filter(({ uid }) => !carriers.has(uid)).map(({ id }) => id);
  const lost = pods.filter(({ uid }) => carriers.has(uid)).map(({ id }) => id);
  const lateOnes = late.length === 0 ? [] : [`${late.join(', ')}, which started after the fault was put in`];
  return [...lost, ...lateOnes].join(', ');
}

/** A record names a pod, or a container of it. */
export function podOf(recordId: string): string {
  return recordId.split('/').slice(0, 2).join('/');
}
