import type { PhaseWindow } from '../shared/phases.js';
import type { Evidence } from '../sla/evidence.js';
import { judge } from '../sla/judge.js';
import type { Plan } from './plan.js';
import type { FaultRecord } from './result-schema.js';
import { trialsEvidence } from './trials-evidence.js';
import { countTrials } from './trials.js';

/** Whether more trials could still change what the ones so far say. */
export type TrialsLook =
  | { readonly status: 'decided'; readonly reason: string }
  | { readonly status: 'open'; readonly reason: string };

/** What a run has shown so far. */
export interface ShownTrials extends Pick<
  Evidence,
  'measurements' | 'baseline' | 'observations' | 'baselineObservations' | 'benchmarks' | 'baselineBenchmarks'
> {
  readonly windows: readonly PhaseWindow[];
  readonly faults: readonly Pick<FaultRecord, 'injections'>[];
}

/** Judges the trials so far together: a breach decides, and so does it when every objective holds. */
export function lookAtTrials(
  { runId, sla, faults: planned, trials = 1 }: Plan,
  shown: ShownTrials,
): TrialsLook {
  const { windows, faults, ...measured } = shown;
  const judgements = judge(
    { ...sla, steady: [] },
    {
      ...measured,
      ...trialsEvidence(
        { windows, faults, sla, measurements: measured.measurements },
        { runId, trials, faults: planned.map(({ manifest }) => manifest) },
      ),
      cutShort: {},
    },
  );
  const count = countTrials(windows);
  const after = `after ${count} of ${trials} trials`;
  const breach = judgements.find(({ outcome }) => outcome === 'breach');
  if (breach !== undefined) return { status: 'decided', reason: `${after} it is clear: ${breach.reason}` };
  const open = judgements.find(({ outcome }) => outcome === 'inconclusive');
  return open === undefined
    ? { status: 'decided', reason: `${after} it is clear that every objective holds` }
    : { status: 'open', reason: `${after} it is not clear yet: ${open.reason}` };
}
