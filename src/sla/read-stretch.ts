import type { LatencyBucket, Slice } from '../bench/measurement.js';
import { holds, isCeiling } from './compare.js';
import { isLatency } from './describe-indicator.js';
import type { Indicator, Objective } from './objective.js';
import { mergeBuckets, rankOf, sampleOfRank } from './statistics/merged-buckets.js';
import { atLeastOf, atMostOfExpected } from './statistics/tail-probability.js';
import type { FailureTreatment } from './treat-failures.js';
import { treatFailures } from './treat-failures.js';

/** A stretch is held against the service only where chance would bring one like it once in a thousand times. */
const BY_CHANCE = 0.001;

/** An objective that seconds can be held against. */
export interface SliceObjective {
  readonly indicator: Indicator;
  readonly comparator: Objective['comparator'];
  readonly limit: number;
  readonly failures?: FailureTreatment;
}

/** A slice, decoded, with its failed requests as an objective counts them. */
export interface OpenSlice extends Omit<Slice, 'phase' | 'latency' | 'failedLatency'> {
  /** How many latencies there are; fewer than requests where failed ones are left out. */
  readonly latencies: number;
  readonly meanUs: number | undefined;
  readonly maxUs: number | undefined;
  readonly buckets: readonly LatencyBucket[];
}

export function openSlice(
  { latency, failedLatency, ...slice }: Slice,
  treatment: FailureTreatment = 'as-measured',
): OpenSlice {
  const treated = treatFailures(latency, failedLatency, treatment);
  const { count: latencies, meanUs, maxUs } = treated;
  return { ...slice, latencies, meanUs, maxUs, buckets: treated.buckets() };
}

/** Whether the objective holds over all of the slices together, by their numbers. Nothing measured does not hold. */
export function holdsOver(objective: SliceObjective, slices: readonly OpenSlice[]): boolean {
  const value = readOver(objective, slices);
  return value !== undefined && holds(value, objective.comparator, objective.limit);
}

/**
 * Whether the slices together miss the objective by more than chance explains. A percentile and a share allow a part of
 * the requests to miss; missing are as many that the binomial distribution with that part brings them once in a
 * thousand times. A rate is held against the Poisson distribution. Mean, maximum and dropped iterations are compared.
 */
export function clearlyMisses(objective: SliceObjective, slices: readonly OpenSlice[]): boolean {
  const { indicator, comparator, limit } = objective;
  const requests = countFor(indicator, slices);
  const failures = sum(slices, (slice) => slice.failures);
  const ceiling = isCeiling(comparator);
  switch (indicator.kind) {
    case 'percentile': {
      const allowed = (ceiling ? 100 - indicator.percent : indicator.percent) / 100;
      return atLeastOf(countMisses(objective, slices), requests, allowed) < BY_CHANCE;
    }
    case 'errors':
      return ceiling ? atLeastOf(failures, requests, limit) < BY_CHANCE : isMissed(objective, slices);
    case 'availability':
      return ceiling ? isMissed(objective, slices) : atLeastOf(failures, requests, 1 - limit) < BY_CHANCE;
    case 'rate':
      return ceiling
        ? isMissed(objective, slices)
        : atMostOfExpected(requests, (limit * lengthOf(slices)) / 1000) < BY_CHANCE;
    case 'mean':
    case 'max':
    case 'dropped':
      return isMissed(objective, slices);
    case 'recovery':
    case 'metric':
    case 'prometheus':
    case 'bench':
      return false;
  }
}

/** Whether no request at all ended in slices in which so many would have at that rate that chance does not explain it. */
export function isSilent(slices: readonly OpenSlice[], ratePerMs: number): boolean {
  return (
    slices.every((slice) => slice.requests === 0) &&
    atMostOfExpected(0, ratePerMs * lengthOf(slices)) < BY_CHANCE
  );
}

export function lengthOf(slices: readonly OpenSlice[]): number {
  return sum(slices, (slice) => slice.endMs - slice.startMs);
}

/** What was measured does not hold; of nothing measured there is nothing to miss. */
function isMissed(objective: SliceObjective, slices: readonly OpenSlice[]): boolean {
  const value = readOver(objective, slices);
  return value !== undefined && !holds(value, objective.comparator, objective.limit);
}

/** What the slices come to together; undefined where nothing was counted, and for what seconds do not have. */
export function readOver(
  objective: Pick<SliceObjective, 'indicator'>,
  slices: readonly OpenSlice[],
): number | undefined {
  const { indicator } = objective;
  const requests = countFor(indicator, slices);
  if (indicator.kind === 'dropped') return sum(slices, (slice) => slice.dropped);
  if (requests === 0) return undefined;
  switch (indicator.kind) {
    case 'percentile':
      return sampleOfRank(
        mergeBuckets(slices.map(({ buckets }) => buckets)),
        rankOf(indicator.percent, requests),
      );
    case 'mean':
      return sum(slices, (slice) => (slice.meanUs ?? 0) * slice.latencies) / requests;
    case 'max':
      return Math.max(...slices.map(({ maxUs }) => maxUs ?? 0));
    case 'errors':
      return sum(slices, (slice) => slice.failures) / requests;
    case 'availability':
      return sum(slices, (slice) => slice.requests - slice.failures) / requests;
    case 'rate':
      return (requests * 1000) / lengthOf(slices);
    case 'recovery':
    case 'metric':
    case 'prometheus':
    case 'bench':
      return undefined;
  }
}

/** The requests that the indicator is read from. */
function countFor(indicator: Indicator, slices: readonly OpenSlice[]): number {
  return sum(slices, isLatency(indicator) ? (slice) => slice.latencies : (slice) => slice.requests);
}

function countMisses({ comparator, limit }: SliceObjective, slices: readonly OpenSlice[]): number {
  const isLow = (toUs: number) => holds(toUs, comparator, limit) === isCeiling(comparator);
  return sum(slices, ({ buckets }) => {
    const border = firstAbove(buckets, isLow);
    const misses = isCeiling(comparator) ? buckets.slice(border) : buckets.slice(0, border);
    return sum(misses, ({ count }) => count);
  });
}

/** The index of the first bucket that is not low; buckets rise, and to compare each of them takes longer than all else. */
function firstAbove(buckets: readonly LatencyBucket[], isLow: (toUs: number) => boolean): number {
  let [from, to] = [0, buckets.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isLow(buckets[middle]?.toUs ?? Infinity)) from = middle + 1;
    else to = middle;
  }
  return from;
}

function sum<Item>(items: readonly Item[], read: (item: Item) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
