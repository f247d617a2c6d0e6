import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { BEYOND_ANY_LIMIT_US } from '../shared/format-reading.js';
import { formatDuration } from '../shared/units.js';
import { readBenchmark } from './benchmarks/read-benchmark.js';
import type { Evidence } from './evidence.js';
import { exact } from './exact-number.js';
import type { Reading } from './judgement.js';
import type { JudgedPhase, Limit, Objective } from './objective.js';
import { isSumOf } from './read-metric.js';
import { readPhase } from './read-indicator.js';
import { describeGaps, readObservation } from './read-observation.js';

/** The limit as a number in the indicator's unit, or why there is none. */
export type ResolvedLimit =
  | {
      readonly status: 'resolved';
      readonly value: number;
      /** The reading that a relative limit relates to. */
      readonly reference?: Extract<Reading, { readonly status: 'measured' }>;
    }
  | { readonly status: 'missing'; readonly reason: string };

/** Phases end when what is under way has been told: no two are of the same length to the millisecond. */
const SAME_WITHIN = 0.05;

type ReferenceEvidence = Pick<
  Evidence,
  | 'measurements'
  | 'baseline'
  | 'cutShort'
  | 'observations'
  | 'baselineObservations'
  | 'benchmarks'
  | 'baselineBenchmarks'
>;

/** Relates a relative limit to the steady phase of the run, or to the same phase of the baseline. */
export function resolveLimit(
  objective: Pick<Objective, 'indicator' | 'tags' | 'limit' | 'failures'>,
  phase: JudgedPhase,
  evidence: ReferenceEvidence,
): ResolvedLimit {
  const { limit } = objective;
  if (limit.kind === 'absolute') return { status: 'resolved', value: limit.value };
  if (limit.of === 'baseline' && evidence.baseline === undefined) {
    return missing('its limit relates to a baseline, and none was given (--baseline RUN)');
  }
  const reference = readReference(objective, limit.of, phase, evidence);
  if (reference.status !== 'measured') {
    const why = reference.status === 'missing' ? `: ${reference.reason}` : '';
    return missing(`its limit relates to ${nameOf(limit)}, which has no such reading${why}`);
  }
  if (reference.unit === 'us' && reference.value >= BEYOND_ANY_LIMIT_US) {
    return missing(`its limit relates to ${nameOf(limit)}, where it is that of a failed request`);
  }
  const unlike = describeUnlikeSums(objective, phase, limit.of, evidence);
  if (unlike !== undefined) return missing(unlike);
  return { status: 'resolved', value: relate(limit, reference.value), reference };
}

/** What was counted in all grows with its phase: one of 30 s has twice as much of it as one of 15 s, with nothing changed. */
function describeUnlikeSums(
  { indicator, tags }: Pick<Objective, 'indicator' | 'tags'>,
  phase: JudgedPhase,
  of: 'steady' | 'baseline',
  { measurements, baseline = measurements }: ReferenceEvidence,
): string | undefined {
  const isSum =
    indicator.kind === 'metric'
      ? isSumOf(indicator, tags, phase, measurements)
      : indicator.kind === 'dropped';
  if (!isSum) return undefined;
  const own = measurements.find(phase, ALL_ENDPOINTS)?.durationMs ?? 0;
  const other = (
    of === 'steady' ? measurements.find('steady', ALL_ENDPOINTS) : baseline.find(phase, ALL_ENDPOINTS)
  )?.durationMs;
  if (other === undefined || Math.abs(own - other) <= SAME_WITHIN * Math.max(own, other)) return undefined;
  const [here, there] = [
    formatDuration(Math.round(own / 100) * 100),
    formatDuration(Math.round(other / 100) * 100),
  ];
  const remedy = indicator.kind === 'dropped' ? 'give it a number' : 'ask for its "rate"';
  return `it counts what came in ${here}, and its limit relates to ${there}; ${remedy}`;
}

function readReference(
  objective: Pick<Objective, 'indicator' | 'tags' | 'failures'>,
  of: 'steady' | 'baseline',
  phase: JudgedPhase,
  evidence: ReferenceEvidence,
): Reading {
  const { measurements, baseline, cutShort } = evidence;
  const { indicator } = objective;
  if (indicator.kind === 'prometheus') {
    const { observations, baselineObservations } = evidence;
    const observed =
      of === 'steady'
        ? readObservation(indicator.query, 'steady', observations, cutShort.steady)
        : readObservation(indicator.query, phase, baselineObservations);
    return observed.gaps === 0 ? observed.reading : { status: 'missing', reason: describeGaps(observed) };
  }
  if (indicator.kind === 'bench') {
    return of === 'steady'
      ? readBenchmark(indicator, 'steady', evidence.benchmarks, cutShort.steady)
      : readBenchmark(indicator, phase, evidence.baselineBenchmarks);
  }
  return of === 'steady'
    ? readPhase(objective, 'steady', measurements, cutShort.steady)
    : readPhase(objective, phase, baseline ?? measurements);
}

/** What a relative limit makes of the reading that it relates to. */
export function relate(limit: Exclude<Limit, { kind: 'absolute' }>, reference: number): number {
  return exact(limit.kind === 'ratio' ? limit.factor * reference : reference + limit.plus);
}

function nameOf(limit: Exclude<Limit, { kind: 'absolute' }>): string {
  return limit.of === 'steady' ? 'the steady phase' : 'the baseline';
}

function missing(reason: string): ResolvedLimit {
  return { status: 'missing', reason };
}
