import type { Measurements } from '../bench/measurement.js';
import { measurementsFromDocument } from '../bench/measurement-document.js';
import { decideVerdict } from '../sla/decide-verdict.js';
import { describeDrift } from '../sla/describe-drift.js';
import { findRecovery } from '../sla/find-recovery.js';
import { judge } from '../sla/judge.js';
import type { Reading } from '../sla/judgement.js';
import { JUDGED_PHASES, type JudgedPhase, type Sla } from '../sla/objective.js';
import { describeCourse } from './describe-course.js';
import { exitCodeOf } from './exit-code.js';
import { textsOf } from './plan-sla.js';
import { addThresholds } from './plan-thresholds.js';
import type { Result } from './result-schema.js';

/** What a run has shown, before anybody judges it. */
export type UnjudgedResult = Omit<Result, 'run' | 'recoveryMs' | 'judgements' | 'verdict'> & {
  readonly run: Omit<Result['run'], 'exitCode'>;
};

/** Windows that are shorter than planned by no more than this are whole: timers are late, never early by much. */
const WHOLE_WITHIN_MS = 100;

/** Judges what a run has shown; the same evidence and SLA give the same result. */
export function judgeResult(
  shown: UnjudgedResult,
  sla: Sla,
  parts: { readonly measurements: Measurements; readonly baseline?: Measurements },
): Result {
  const recovery = readRecovery(shown, sla, parts.measurements);
  const judgements = judge(sla, { ...parts, recovery, seed: shown.run.id, cutShort: cutShortOf(shown) });
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
    recoveryMs: recovery.status === 'measured' ? recovery.value : null,
    judgements: [...judgements],
    verdict: { ...verdict, caveats: [...verdict.caveats] },
  };
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
    ...(baseline === undefined ? {} : { baseline: measurementsFromDocument(baseline) }),
  });
}

function readRecovery(shown: UnjudgedResult, sla: Sla, measurements: Measurements): Reading {
  const window = shown.windows.find(({ phase }) => phase === 'recovery');
  const requests = shown.faults
    .flatMap(({ injections }) => injections)
    .flatMap(({ recoverRequestedAtMs }) => recoverRequestedAtMs ?? []);
  if (window === undefined || requests.length === 0) {
    return { status: 'missing', reason: 'the recovery phase was never reached' };
  }
  return findRecovery({
    steady: sla.steady,
    slices: measurements.slices,
    requestedAtMs: Math.max(...requests),
    windowStartMs: window.startMs,
    windowEndMs: window.endMs,
    steadyMeasurements: measurements,
  });
}

/** The phases that did not get their planned time, with the reason. */
function cutShortOf({ windows, run, plan }: UnjudgedResult): Partial<Record<JudgedPhase, string>> {
  const cut: Partial<Record<JudgedPhase, string>> = {};
  for (const phase of JUDGED_PHASES) {
    const window = windows.find((one) => one.phase === phase);
    const plannedMs = plan.phasesMs[phase];
    const lengthMs = window === undefined ? 0 : window.endMs - window.startMs;
    if (lengthMs + WHOLE_WITHIN_MS < plannedMs) cut[phase] = run.statusReason;
  }
  return cut;
}
