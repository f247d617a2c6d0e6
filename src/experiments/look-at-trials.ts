import type { Benchmarks } from '../bench/benchmark.js';
import type { Measurements } from '../bench/measurement.js';
import type { PhaseWindow } from '../shared/phases.js';
import { judge } from '../sla/judge.js';
import type { Observation } from '../sla/observation.js';
import { describeOverload } from './describe-overload.js';
import type { Plan } from './plan.js';
import { readRecovery } from './read-recovery.js';
import type { FaultRecord } from './result-schema.js';
import { countTrials, errorShareOf } from './trials.js';

/** Whether more trials could still change what the ones so far say. */
export type TrialsLook =
  | { readonly status: 'decided'; readonly reason: string }
  | { readonly status: 'open'; readonly reason: string };

/** What a run has shown so far. */
export interface ShownTrials {
  readonly windows: readonly PhaseWindow[];
  readonly faults: readonly Pick<FaultRecord, 'injections'>[];
  readonly measurements: Measurements;
  readonly baseline?: Measurements;
  readonly baselineObservations?: readonly Observation[];
  readonly observations?: readonly Observation[];
  readonly benchmarks?: Benchmarks;
  readonly baselineBenchmarks?: Benchmarks;
}

/** Judges the trials so far together: a breach decides, and so does it when every objective holds. */
export function lookAtTrials({ runId, sla, faults, trials = 1 }: Plan, shown: ShownTrials): TrialsLook {
  const overload = describeOverload(
    shown.windows,
    faults.map(({ manifest }) => manifest.kind),
  );
  const { baseline, benchmarks, baselineBenchmarks, observations, baselineObservations } = shown;
  const judgements = judge(
    { ...sla, steady: [] },
    {
      measurements: shown.measurements,
      ...(baseline === undefined ? {} : { baseline }),
      ...(benchmarks === undefined ? {} : { benchmarks }),
      ...(baselineBenchmarks === undefined ? {} : { baselineBenchmarks }),
      ...(observations === undefined ? {} : { observations }),
      ...(baselineObservations === undefined ? {} : { baselineObservations }),
      recovery: readRecovery({ ...shown, sla }),
      seed: runId,
      errorShare: errorShareOf(shown.windows, trials),
      cutShort: {},
      ...(overload === undefined ? {} : { overload }),
    },
  );
  const count = countTrials(shown.windows);
  const after = `after ${count} of ${trials} trials`;
  const breach = judgements.find(({ outcome }) => outcome === 'breach');
  if (breach !== undefined) return { status: 'decided', reason: `${after} it is clear: ${breach.reason}` };
  const open = judgements.find(({ outcome }) => outcome === 'inconclusive');
  return open === undefined
    ? { status: 'decided', reason: `${after} it is clear that every objective holds` }
    : { status: 'open', reason: `${after} it is not clear yet: ${open.reason}` };
}
