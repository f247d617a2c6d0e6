import type { Finding } from '../../../shared/finding.js';
import { seededRandom } from '../../../shared/seeded-random.js';
import type { PlannedFault } from '../../fault-injector.js';
import { selectTargets } from '../../select-targets.js';
import type { LocalFault } from '../local-fault.js';
import { readLocalFault } from '../read-local-fault.js';
import { checkStressLimits, stressLoad, type StressLoad } from '../stress/check-stress-limits.js';
import { targetAt, type Chosen, type LocalWorld, type ReplicaPlace } from './local-world.js';

export type FaultChoice =
  | {
      readonly status: 'chosen';
      readonly action: FaultAction;
      readonly warnings: readonly Finding[];
    }
  | { readonly status: 'refused'; readonly findings: readonly Finding[] };

/** What is to be done, and to whom. Only a replica that Plimsoll started can be ended or stressed. */
export type FaultAction =
  | {
      readonly type: 'proxy';
      readonly fault: Extract<LocalFault, { type: 'proxy' }>;
      readonly targets: readonly Chosen[];
    }
  | {
      readonly type: 'process';
      readonly fault: Exclude<LocalFault, { type: 'proxy' }>;
      readonly targets: readonly Chosen<ReplicaPlace>[];
    };

/** Reads a fault and draws its targets: the same ones each time it is asked within one run. */
export function chooseTargets(
  planned: PlannedFault,
  world: LocalWorld,
  stressInUse: StressLoad,
): FaultChoice {
  const read = readLocalFault(planned.manifest);
  if (read.status === 'refused') return { status: 'refused', findings: read.refusals };
  const { fault, choice, warnings } = read;
  const selection = selectTargets(choice, world.places, seededRandom(`${world.runId}/${planned.name}`));
  if (selection.status === 'none') return { status: 'refused', findings: [selection.finding, ...warnings] };
  const targets = selection.targets.map((place) => ({ place, target: targetAt(place) }));
  if (fault.type === 'proxy')
    return { status: 'chosen', action: { type: 'proxy', fault, targets }, warnings };

  const owned = targets.filter(isOwned);
  const findings = [
    ...targets.filter((chosen) => !isOwned(chosen)).map(({ target }) => notOwned(target.id, planned)),
    ...(fault.type === 'stress'
      ? checkStressLimits(stressLoad(fault.stress, owned.length), stressInUse, world.stressLimits)
      : []),
  ];
  return findings.length > 0
    ? { status: 'refused', findings: [...findings, ...warnings] }
    : { status: 'chosen', action: { type: 'process', fault, targets: owned }, warnings };
}

function isOwned(chosen: Chosen): chosen is Chosen<ReplicaPlace> {
  return chosen.place.kind === 'replica';
}

function notOwned(id: string, { name, manifest }: PlannedFault): Finding {
  return {
    severity: 'stop',
    code: 'not-owned',
    message: `the fault ${name} (${manifest.kind}) would take ${id}, whose process Plimsoll did not start`,
    remedy: 'Give the service a command instead of an address, or use a NetworkChaos or HTTPChaos.',
  };
}
