import type { Measurements } from '../bench/measurement.js';
import { measurementsFromDocument } from '../bench/measurement-document.js';
import { decideVerdict } from '../sla/decide-verdict.js';
import { describeDrift } from '../sla/describe-drift.js';
import { describeUnasked } from '../sla/describe-recovery.js';
import type { Evidence } from '../sla/evidence.js';
import { judge } from '../sla/judge.js';
import { scoreOf } from '../sla/score.js';
import { JUDGED_PHASES, type JudgedPhase, type Sla } from '../sla/objective.js';
import { describeCourse } from './describe-course.js';
import { proveDose } from './dose/prove-dose.js';
import { exitCodeOf } from './exit-code.js';
import { measureTrials } from './measure-trials.js';
import { textsOf } from './plan-sla.js';
import { addThresholds } from './plan-thresholds.js';
import type { FaultRecord, Result } from './result-schema.js';
import { trialsEvidence } from './trials-evidence.js';

/** What a run has shown, before anybody judges it. */
export type UnjudgedResult = Omit<
  Result,
  'run' | 'trials' | 'recoveryMs' | 'judgements' | 'verdict' | 'score'
> & {
  readonly run: Omit<Result['run'], 'exitCode'>;
};

/** Windows that are shorter than planned by no more than this are whole: timers are late, never early by much. */
const WHOLE_WITHIN_MS = 100;

/** Judges what a run has shown; the same evidence and SLA give the same result. */
export function judgeResult(
  shown: UnjudgedResult,
  sla: Sla,
  parts: Pick<Evidence, 'measurements' | 'baseline' | 'baselineObservations' | 'baselineBenchmarks'>,
): Result {
  const { windows, faults, plan, benchmarks } = shown;
  const { trials = 1 } = plan;
  const recoveryParts = { windows, faults, sla, measurements: parts.measurements };
  const evidence = trialsEvidence(recoveryParts, { runId: shown.run.id, trials, faults });
  const { recovery } = evidence;
  const cutShort = cutShortOf(shown);
  const judgements = judge(sla, {
    ...parts,
    ...(benchmarks === undefined ? {} : { benchmarks }),
    ...evidence,
    cutShort,
    ...(shown.observations === undefined ? {} : { observations: shown.observations }),
  });
  const proven = shown.faults.map((fault) => withProof(fault, shown, parts.measurements));
  const course = describeCourse({ ...shown, faults: proven }, sla);
  const unrecovered = cutShort.recovery === undefined ? describeUnasked(recovery, sla.recovery) : undefined;
  const drift = describeDrift(parts.measurements.slices);
  const caveats = [unrecovered, ...course.caveats, drift].filter((caveat) => caveat !== undefined);
  const verdict = decideVerdict(judgements, { ...course, caveats });
  const score = scoreOf(judgements);
  return {
    ...shown,
    run: { ...shown.run, exitCode: exitCodeOf(shown, verdict.outcome) },
    plan: { ...shown.plan, sla: textsOf(sla) },
    faults: proven,
    ...(trials === 1 ? {} : { trials: measureTrials(recoveryParts) }),
    recoveryMs: recovery.status === 'measured' ? recovery.value : null,
    judgements: [...judgements],
    verdict: { ...verdict, caveats: [...verdict.caveats] },
    ...(score === undefined ? {} : { score }),
  };
}

/** On this machine the fault's own reading is what it did to each byte or process: there is nothing to be proven beside it. */
function withProof(
  fault: FaultRecord,
  { environment, events }: UnjudgedResult,
  measurements: Measurements,
): FaultRecord {
  if (environment.driver !== 'kubernetes') return fault;
  const proof = proveDose(fault, { measurements, events });
  return proof === undefined ? fault : { ...fault, dose: { ...fault.dose, proof } };
}

/** Judges a stored run by other objectives, and by the thresholds of its script. Nothing is measured anew. */
export function judgeAgain(
  result: Result,
  sla: Sla,
  baseline?: Result,
  thresholds: 'judge' | 'ignore' = 'judge',
): Result {
  const own = thresholds === 'judge' ? (result.plan.thresholds ?? []) : [];
  return judgeResult(result, addThresholds(sla, own), {
    measurements: measurementsFromDocument(result),
    ...(baseline === undefined ? {} : baselineOf(baseline)),
  });
}

/** What objectives that relate to a baseline read of it. */
export function baselineOf(
  baseline: Result,
): Pick<Evidence, 'baselineObservations' | 'baselineBenchmarks'> & Required<Pick<Evidence, 'baseline'>> {
  const { benchmarks, observations = [] } = baseline;
  return {
    baseline: measurementsFromDocument(baseline),
    baselineObservations: observations,
    ...(benchmarks === undefined ? {} : { baselineBenchmarks: benchmarks }),
  };
}

/** The phases that did not get their planned time, with the reason. */
function cutShortOf({ windows, run, plan }: UnjudgedResult): Partial<Record<JudgedPhase, string>> {
  const cut: Partial<Record<JudgedPhase, string>> = {};
  for (const phase of JUDGED_PHASES) {
    const lengths = windows.filter((one) => one.phase === phase).map(({ startMs, endMs }) => endMs - startMs);
    const shortestMs = lengths.length === 0 ? 0 : Math.min(...lengths);
    if (shortestMs + WHOLE_WITHIN_MS < plan.phasesMs[phase]) cut[phase] = run.statusReason;
  }
  return cut;
}
