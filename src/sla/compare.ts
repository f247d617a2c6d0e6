import { BEYOND_ANY_LIMIT_US } from '../shared/format-reading.js';
import type { Outcome } from '../shared/outcome.js';
import { percentOf } from './describe-indicator.js';
import { exact } from './exact-number.js';
import type { Reading } from './judgement.js';
import type { Comparator, IndicatorUnit, Objective } from './objective.js';
import type { Interval } from './statistics/interval.js';
import { fewestSamples } from './statistics/fewest-samples.js';

const MEDIAN = 50;

/** A reading that has a number. */
export type NumberReading = Exclude<Reading, { readonly status: 'missing' }>;

/** Whether the value keeps to the limit. */
export function holds(value: number, comparator: Comparator, limit: number): boolean {
  const [left, right] = [exact(value), exact(limit)];
  switch (comparator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/** Whether the limit is the most that there may be, so that more is worse. */
export function isCeiling(comparator: Comparator): boolean {
  return comparator === '<' || comparator === '<=';
}

/**
 * What the reading alone says. `share` is that of the error which the interval may spend. Too few samples say nothing, and neither does "more than" on the good side of a limit, or
 * an interval that holds the limit.
 */
export function compare(
  objective: Objective,
  reading: NumberReading,
  limit: number,
  interval: Interval | undefined,
  share = 1,
): Outcome {
  if (reading.samples < samplesNeeded(objective, share)) return 'inconclusive';
  if (reading.status === 'at-least') {
    const reached = exact(reading.value) >= exact(limit);
    if (!reached) return 'inconclusive';
    return isCeiling(objective.comparator) ? 'breach' : 'pass';
  }
  const { low, high } = interval ?? { low: reading.value, high: reading.value };
  const ends = [low, high].filter((end) => holds(boundOf(end, reading.unit), objective.comparator, limit));
  return ends.length === 2 ? 'pass' : ends.length === 0 ? 'breach' : 'inconclusive';
}

/** A failed request that counts as the slowest is beyond every limit, however long. */
export function boundOf(value: number, unit: IndicatorUnit): number {
  return unit === 'us' && value >= BEYOND_ANY_LIMIT_US ? Infinity : value;
}

/** How many samples the objective's reading must have. */
export function samplesNeeded(
  { indicator, minSamples, confidence }: Pick<Objective, 'indicator' | 'minSamples' | 'confidence'>,
  share = 1,
): number {
  // Without an interval the median of a few readings would decide alone.
  if (indicator.kind === 'bench' && confidence !== 'point') {
    return Math.max(minSamples ?? 0, fewestSamples(MEDIAN, share));
  }
  const percent = percentOf(indicator);
  return minSamples ?? (percent === undefined ? 1 : fewestSamples(percent, share));
}
