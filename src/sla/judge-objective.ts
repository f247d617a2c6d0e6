import type { Measurement } from '../bench/measurement.js';
import type { Outcome } from '../shared/outcome.js';
import { formatCount, formatShare } from '../shared/units.js';
import { benchmarkInterval } from './benchmarks/benchmark-interval.js';
import type { NumberReading } from './compare.js';
import { compare, isCeiling, samplesNeeded } from './compare.js';
import { isLatency, nameOf } from './describe-indicator.js';
import { describeComparison, subjectOf } from './describe-judgement.js';
import { doubtPoints } from './doubt-points.js';
import type { Drift } from './describe-drift.js';
import { describeOutlived } from './describe-outlived.js';
import type { Evidence } from './evidence.js';
import type { Intervals } from './find-interval.js';
import { findMetricInterval } from './find-metric-interval.js';
import { findWarning } from './find-warning.js';
import type { Judgement, Warning } from './judgement.js';
import type { JudgedPhase, Objective } from './objective.js';
import { findTagged, readIndicator } from './read-indicator.js';
import type { ResolvedLimit } from './resolve-limit.js';
import { relate, resolveLimit } from './resolve-limit.js';
import type { Interval } from './statistics/interval.js';

/** From this share on the failed requests are named beside a latency: they may be its fast ones, or its slow ones. */
const MATERIAL_FAILURES = 0.01;

/** What the objectives of a phase are judged on. */
export interface Grounds {
  readonly evidence: Evidence;
  readonly intervals: Intervals;
  /** Where the steady phase was still on its way. */
  readonly drift: Drift | undefined;
  /** Iterations that could not start in the phase, where no objective of the phase limits them. */
  readonly unjudgedDrops: number;
}

/** An objective with its numbers. */
interface Matter {
  readonly objective: Objective;
  readonly phase: JudgedPhase;
  readonly reading: NumberReading;
  readonly limit: Extract<ResolvedLimit, { readonly status: 'resolved' }>;
  readonly interval: Interval | undefined;
  readonly measurement: Measurement | undefined;
  readonly unjudgedDrops: number;
  readonly cutShort: string | undefined;
  readonly observations: Evidence['observations'];
  readonly overload: Evidence['overload'];
  readonly drift: Drift | undefined;
  readonly errorShare: number;
}

interface Finding {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** Judges one objective of `sla[phase]`. */
export function judgeObjective(
  objective: Objective,
  phase: JudgedPhase,
  { evidence, intervals, drift, unjudgedDrops }: Grounds,
): Judgement {
  const reading = readIndicator(objective, phase, evidence);
  const limit = resolveLimit(objective, phase, evidence);
  const judgement = {
    phase,
    objective: objective.text,
    comparator: objective.comparator,
    ...(objective.origin === undefined ? {} : { origin: objective.origin }),
    reading,
    ...(limit.status === 'resolved' ? { limit: limit.value } : {}),
    ...(objective.weight === undefined ? {} : { weight: objective.weight }),
    ...(objective.failures === undefined || objective.failures === 'as-measured'
      ? {}
      : { failures: objective.failures }),
  };
  if (reading.status === 'missing') {
    const were = objective.indicator.kind === 'errors' ? 'were' : 'was';
    const reason = `${subjectOf(objective)} ${were} not measured: ${reading.reason}`;
    return { ...judgement, outcome: 'inconclusive', reason };
  }
  if (limit.status === 'missing') {
    const reason = `${subjectOf(objective)} cannot be judged: ${limit.reason}`;
    return { ...judgement, outcome: 'inconclusive', reason };
  }
  const isMetric = objective.indicator.kind === 'metric';
  const measurement = isMetric ? undefined : findTagged(evidence.measurements, phase, objective.tags);
  const interval = isMetric
    ? findMetricInterval(objective, phase, evidence)
    : intervalOf(objective, phase, measurement, { evidence, intervals });
  const cutShort = evidence.cutShort[phase];
  const { errorShare = 1, observations, overload } = evidence;
  const numbers = { reading, limit, interval, measurement, drift, unjudgedDrops };
  const matter: Matter = { objective, phase, ...numbers, cutShort, errorShare, observations, overload };
  const caveat =
    phase === 'fault'
      ? describeOutlived(objective, limit.value, measurement, intervals, errorShare)
      : undefined;
  const finding = find(matter);
  const warning = warnOf(matter, finding, { evidence, intervals });
  return {
    ...judgement,
    ...(interval === undefined ? {} : { interval }),
    ...finding,
    ...(caveat === undefined ? {} : { caveat }),
    ...(warning === undefined ? {} : { warning }),
  };
}

/** What was said to be too much already needs no warning. */
function warnOf(
  { objective, phase, reading, limit, interval, measurement, errorShare }: Matter,
  { outcome }: Finding,
  grounds: Pick<Grounds, 'evidence' | 'intervals'>,
): Warning | undefined {
  const { warn } = objective;
  const isOver = compare(objective, reading, limit.value, interval, errorShare) === 'breach';
  if (warn === undefined || outcome === 'breach' || isOver) return undefined;
  const warned = { ...objective, limit: warn };
  return findWarning(
    warned,
    reading,
    resolveLimit(warned, phase, grounds.evidence),
    intervalOf(warned, phase, measurement, grounds),
    errorShare,
  );
}

function intervalOf(
  objective: Objective,
  phase: JudgedPhase,
  measurement: Measurement | undefined,
  { evidence, intervals }: Pick<Grounds, 'evidence' | 'intervals'>,
): Interval | undefined {
  const { indicator } = objective;
  if (indicator.kind === 'bench') return benchmarkInterval(objective, indicator, phase, evidence);
  return measurement === undefined ? undefined : intervals.of(objective, phase, measurement);
}

function find(matter: Matter): Finding {
  const { objective, phase, reading, limit, interval, unjudgedDrops, cutShort, errorShare } = matter;
  const tooFew = describeTooFew(matter);
  if (tooFew !== undefined) return { outcome: 'inconclusive', reason: tooFew };
  const outcome = compare(objective, reading, limit.value, interval, errorShare);
  const comparison =
    describeComparison(objective, reading, limit.value, interval) + describeTime(matter, outcome);
  if (outcome === 'inconclusive' && interval !== undefined) {
    const treated = objective.failures === undefined ? '' : describeFailures(matter);
    return { outcome, reason: `${comparison}, but not all of its interval is${treated}` };
  }
  const reason = comparison + describeFailures(matter);
  if (outcome === 'inconclusive') return { outcome, reason };
  if (unjudgedDrops > 0 && turnsWhenHigher(objective, outcome)) {
    const drops = `${formatCount(unjudgedDrops)} ${unjudgedDrops === 1 ? 'iteration' : 'iterations'}`;
    return {
      outcome: 'inconclusive',
      reason: `${comparison}, but ${drops} could not start, so that it may be higher`,
    };
  }
  const overload = matter.overload?.[phase];
  if (outcome === 'breach' && overload !== undefined && relatesToSteady(objective)) {
    const { why, explains } = overload;
    const allowed = isCeiling(objective.comparator) ? limit.value * explains : limit.value / explains;
    // Of 0 nothing is twice as much.
    if (limit.value <= 0 || compare(objective, reading, allowed, interval, errorShare) !== 'breach')
      return {
        outcome: 'inconclusive',
        reason: `${comparison}, but the machine was too busy to tell: ${why}`,
      };
  }
  const drifting = describeDrifting(matter, outcome);
  if (drifting !== undefined) return { outcome: 'inconclusive', reason: `${comparison}, but ${drifting}` };
  const gaps = doubtPoints(objective, phase, outcome, matter.observations);
  if (gaps !== undefined) {
    return { outcome: 'inconclusive', reason: `${comparison}, but ${gaps}` };
  }
  if (outcome === 'pass' && cutShort !== undefined) {
    return {
      outcome: 'inconclusive',
      reason: `${comparison}, but the ${phase} phase was cut short: ${cutShort}`,
    };
  }
  // A service that is unwell before any fault says nothing about faults.
  return { outcome: phase === 'steady' && outcome === 'breach' ? 'inconclusive' : outcome, reason };
}

/** A latency held against a steady phase that was on its way keeps its outcome only if both ends of that way give it. */
function describeDrifting(
  { objective, reading, limit, interval, drift, errorShare }: Matter,
  outcome: Outcome,
): string | undefined {
  const { limit: relative, indicator } = objective;
  const { reference } = limit;
  if (drift === undefined || reference === undefined || relative.kind === 'absolute') return undefined;
  if (relative.of !== 'steady' || !isLatency(indicator)) return undefined;
  const stands = [drift.lowest, drift.highest].every((times) => {
    const moved = relate(relative, reference.value * times);
    return compare(objective, reading, moved, interval, errorShare) === outcome;
  });
  return stands ? undefined : drift.why;
}

function describeTooFew({ objective, phase, reading, limit, errorShare }: Matter): string | undefined {
  const needed = samplesNeeded(objective, errorShare);
  const say = (count: number, where: string) =>
    `${subjectOf(objective)} needs at least ${formatCount(needed)} ${needed === 1 ? 'sample' : 'samples'}, ${where} has ${formatCount(count)}`;
  if (reading.samples < needed)
    return `${say(reading.samples, `the ${phase} phase`)}: ${remedyForFew(objective)}`;
  const { reference } = limit;
  if (reference === undefined || reference.samples >= needed || objective.limit.kind === 'absolute')
    return undefined;
  const { of } = objective.limit;
  return say(
    reference.samples,
    `the ${of === 'steady' ? 'steady phase' : 'baseline'} that its limit relates to`,
  );
}

function remedyForFew({ indicator, minSamples }: Objective): string {
  if (indicator.kind === 'bench') return 'make it longer, or load.goBench.benchtime shorter';
  if (indicator.kind === 'prometheus')
    return 'make it longer, the step shorter, or ask for less by minSamples';
  const less = minSamples === undefined ? 'a lower percentile' : 'less by minSamples';
  return `make it longer, raise the rate, or ask for ${less}`;
}

/** Said always, also where no request failed: the number is another one than usual. */
function describeTreatment(treatment: 'slowest' | 'left-out', failures: number): string {
  const what = treatment === 'slowest' ? 'counted as the slowest' : 'left out';
  if (failures === 0) return `; failed requests would be ${what}, there were none`;
  return failures === 1
    ? `; the failed request is ${what}`
    : `; the ${formatCount(failures)} failed requests are ${what}`;
}

function relatesToSteady({ limit }: Objective): boolean {
  return limit.kind !== 'absolute' && limit.of === 'steady';
}

/** Dropped iterations met a slow moment more often than others, so that latencies are read too low. */
function turnsWhenHigher({ indicator, comparator }: Objective, outcome: Outcome): boolean {
  return isLatency(indicator) && outcome === (isCeiling(comparator) ? 'pass' : 'breach');
}

function describeTime({ objective, phase }: Matter, outcome: Outcome): string {
  if (phase === 'steady' && outcome === 'breach') return ' before any fault';
  return phase === 'recovery' && objective.indicator.kind !== 'recovery' ? ' after the fault' : '';
}

function describeFailures({ objective: { indicator, failures }, measurement }: Matter): string {
  if (!isLatency(indicator) || measurement === undefined) return '';
  if (failures === 'slowest' || failures === 'left-out') {
    return describeTreatment(failures, measurement.failures);
  }
  const share = measurement.failures / measurement.requests;
  return share < MATERIAL_FAILURES
    ? ''
    : `; ${formatShare(share)} of the requests in this ${nameOf(indicator)} failed`;
}
