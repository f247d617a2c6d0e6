import type { Measurements } from '../bench/measurement.js';
import { measurementsFromDocument } from '../bench/measurement-document.js';
import { decideVerdict } from '../sla/decide-verdict.js';
import { describeDrift } from '../sla/describe-drift.js';
import { findRecovery } from '../sla/find-recovery.js';
import type { Evidence } from '../sla/evidence.js';
import { judge } from '../sla/judge.js';
import type { Reading } from '../sla/judgement.js';
import { scoreOf } from '../sla/score.js';
import { JUDGED_PHASES, type JudgedPhase, type Sla } from '../sla/objective.js';
import { describeCourse } from './describe-course.js';
import { exitCodeOf } from './exit-code.js';
import type { Result } from './result-schema.js';

/** What a run has shown, before anybody judges it. */
export type UnjudgedResult = Omit<Result, 'run' | 'recoveryMs' | 'judgements' | 'verdict' | 'score'> & {
  readonly run: Omit<Result['run'], 'exitCode'>;
};

/** Windows that are shorter than planned by no more than this are whole: timers are late, never early by much. */
const WHOLE_WITHIN_MS = 100;

/** Judges what a run has shown; the same evidence and SLA give the same result. */
export function judgeResult(
  shown: UnjudgedResult,
  sla: Sla,
  parts: Pick<Evidence, 'measurements' | 'baseline' | 'baselineObservations'>,
): Result {
  const recovery = readRecovery(shown, sla, parts.measurements);
  const judgements = judge(sla, {
    ...parts,
    recovery,
    seed: shown.run.id,
    cutShort: cutShortOf(shown),
    ...(shown.observations === undefined ? {} : { observations: shown.observations }),
  });
  const course = describeCourse(shown);
  const drift = describeDrift(parts.measurements.slices);
  const verdict = decideVerdict(judgements, {
    ...course,
    caveats: drift === undefined ? course.caveats : [...course.caveats, drift],
  });
  const score = scoreOf(judgements);
  return {
    ...shown,
    run: { ...shown.run, exitCode: exitCodeOf(shown, verdict.outcome) },
    plan: { ...shown.plan, sla: textsOf(sla) },
    recoveryMs: recovery.status === 'measured' ? recovery.value : null,
    judgements: [...judgements],
    verdict: { ...verdict, caveats: [...verdict.caveats] },
    ...(score === undefined ? {} : { score }),
  };
}

/** Judges a stored run by other objectives. Nothing is measured anew. */
export function judgeAgain(result: Result, sla: Sla, baseline?: Result): Result {
  return judgeResult(result, sla, {
    measurements: measurementsFromDocument(result),
    ...(baseline === undefined ? {} : baselineEvidence(baseline)),
  });
}

/** What "of baseline" relates to. */
export function baselineEvidence(baseline: Result): Pick<Evidence, 'baseline' | 'baselineObservations'> {
  const { observations = [] } = baseline;
  return { baseline: measurementsFromDocument(baseline), baselineObservations: observations };
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

function textsOf(sla: Sla): Result['plan']['sla'] {
  const texts = (phase: JudgedPhase) => sla[phase].map(({ text }) => text);
  return { steady: texts('steady'), fault: texts('fault'), recovery: texts('recovery') };
}
