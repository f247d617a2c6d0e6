import type { Measurements } from '../bench/measurement.js';
import type { PhaseWindow } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import { findRecovery } from '../sla/find-recovery.js';
import type { Reading } from '../sla/judgement.js';
import type { Sla } from '../sla/objective.js';
import type { FaultRecord } from './result-schema.js';

/** What the recovery phases of a run can be read from. */
export interface RecoveryParts {
  readonly windows: readonly PhaseWindow[];
  readonly faults: readonly Pick<FaultRecord, 'injections'>[];
  readonly sla: Sla;
  readonly measurements: Measurements;
}

/** What the indicator `recovery` reads: the longest of all trials, and nothing where one of them cannot be read. */
export function readRecovery(parts: RecoveryParts): Reading {
  const readings = parts.windows
    .filter(({ phase }) => phase === 'recovery')
    .map((window) => readRecoveryIn(window, parts));
  const [first, ...others] = readings;
  if (first === undefined) return UNREACHED;
  return others.reduce(worse, first);
}

/** Of one recovery phase alone. */
export function readRecoveryIn(
  { startMs, endMs }: PhaseWindow,
  { faults, sla, measurements }: RecoveryParts,
): Reading {
  const requests = faults
    .flatMap(({ injections }) => injections)
    .flatMap(({ recoverRequestedAtMs }) => recoverRequestedAtMs ?? [])
    .filter((atMs) => atMs <= startMs);
  if (requests.length === 0) return UNREACHED;
  return findRecovery({
    steady: sla.steady,
    slices: measurements.slices,
    requestedAtMs: latest(requests),
    windowStartMs: startMs,
    windowEndMs: endMs,
    steadyMeasurements: measurements,
  });
}

const UNREACHED: Reading = { status: 'missing', reason: 'the recovery phase was never reached' };

function latest(moments: readonly EpochMs[]): EpochMs {
  return Math.max(...moments);
}

/** One that never came weighs more than one of which nothing is known, and that more than any that came. */
function worse(a: Reading, b: Reading): Reading {
  const weight = ({ status }: Reading) => ['measured', 'missing', 'at-least'].indexOf(status);
  if (weight(a) !== weight(b)) return weight(a) > weight(b) ? a : b;
  if (a.status === 'missing' || b.status === 'missing') return a;
  return a.value >= b.value ? a : b;
}
