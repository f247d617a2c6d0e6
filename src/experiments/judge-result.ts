import type { Benchmarks } from '../bench/benchmark.js';
import type { Measurements } from '../bench/measurement.js';
import { measurementsFromDocument } from '../bench/measurement-document.js';
import { decideVerdict } from '../sla/decide-verdict.js';
import { describeDrift } from '../sla/describe-drift.js';
import { judge } from '../sla/judge.js';
import { JUDGED_PHASES, type JudgedPhase, type Sla } from '../sla/objective.js';
import { describeCourse } from './describe-course.js';
import { exitCodeOf } from './exit-code.js';
import { measureTrials } from './measure-trials.js';
import { readRecovery } from './read-recovery.js';
import type { Result } from './result-schema.js';
import { errorShareOf } from './trials.js';

/** What a run has shown, before anybody judges it. */
export type UnjudgedResult = Omit<Result, 'run' | 'trials' | 'recoveryMs' | 'judgements' | 'verdict'> & {
  readonly run: Omit<Result['run'], 'exitCode'>;
};

/** Windows that are shorter than planned by no more than this are whole: timers are late, never early by much. */
const WHOLE_WITHIN_MS = 100;

/** Judges what a run has shown; the same evidence and SLA give the same result. */
export function judgeResult(
  shown: UnjudgedResult,
  sla: Sla,
  parts: {
    readonly measurements: Measurements;
    readonly baseline?: Measurements;
    readonly baselineBenchmarks?: Benchmarks;
  },
): Result {
  const { windows, faults, plan, benchmarks } = shown;
  const { trials = 1 } = plan;
  const recoveryParts = { windows, faults, sla, measurements: parts.measurements };
  const recovery = readRecovery(recoveryParts);
  const judgements = judge(sla, {
    ...parts,
    ...(benchmarks === undefined ? {} : { benchmarks }),
    recovery,
    seed: shown.run.id,
    errorShare: errorShareOf(windows, trials),
    cutShort: cutShortOf(shown),
  });
  const course = describeCourse(shown);
  const drift = describeDrift(parts.measurements.slices);
  const verdict = decideVerdict(judgements, {
    ...course,
    caveats: drift === undefined ? course.caveats : [...course.caveats, drift],
  });
  return {
    ...shown,
    run: { ...shown.run, exitCode: exitCodeOf(shown, verdict.outcome) },
    plan: { ...shown.plan, sla: textsOf(sla) },
    ...(trials === 1 ? {} : { trials: measureTrials(recoveryParts) }),
    recoveryMs: recovery.status === 'measured' ? recovery.value : null,
    judgements: [...judgements],
    verdict: { ...verdict, caveats: [...verdict.caveats] },
  };
}

/** Judges a stored run by other objectives. Nothing is measured anew. */
export function judgeAgain(result: Result, sla: Sla, baseline?: Result): Result {
  return judgeResult(result, sla, {
    measurements: measurementsFromDocument(result),
    ...(baseline === undefined ? {} : baselineOf(baseline)),
  });
}

/** What objectives that relate to a baseline read of it. */
export function baselineOf(baseline: Result): {
  readonly baseline: Measurements;
  readonly baselineBenchmarks?: Benchmarks;
} {
  const { benchmarks } = baseline;
  return {
    baseline: measurementsFromDocument(baseline),
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

function textsOf(sla: Sla): Result['plan']['sla'] {
  const texts = (phase: JudgedPhase) => sla[phase].map(({ text }) => text);
  return { steady: texts('steady'), fault: texts('fault'), recovery: texts('recovery') };
}
