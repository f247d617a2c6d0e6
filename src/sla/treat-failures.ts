import type { LatencyBucket, LatencyDistribution } from '../bench/measurement.js';
import { BEYOND_ANY_LIMIT_US } from '../shared/format-reading.js';
import { rankOf, sampleOfRank } from './statistics/merged-buckets.js';

/** What a failed request is to a latency. */
export const FAILURE_TREATMENTS = ['as-measured', 'slowest', 'left-out'] as const;
/**
 * `as-measured`: it counts with the time that it took; one without a response with the time until it was given up.
 * `slowest`: it counts as longer than any limit. `left-out`: it does not count.
 */
export type FailureTreatment = (typeof FAILURE_TREATMENTS)[number];

/** What is read of a distribution of latencies. */
export type Latencies = Omit<LatencyDistribution, 'encode'>;

/**
 * The latencies as an objective counts them. Where it is not known which of them failed (of seconds in older results) they
 * stay as they were measured.
 */
export function treatFailures(
  latency: Latencies,
  failed: Latencies | undefined,
  treatment: FailureTreatment = 'as-measured',
): Latencies {
  if (treatment === 'as-measured' || failed === undefined || failed.count === 0) return latency;
  const succeeded = takeAway(latency, failed);
  if (treatment === 'left-out') return succeeded;
  const beyond = { toUs: BEYOND_ANY_LIMIT_US, count: failed.count };
  return ofBuckets([...succeeded.buckets(), beyond], {
    // There is no mean with a part that has no bound.
    meanUs: BEYOND_ANY_LIMIT_US,
    maxUs: BEYOND_ANY_LIMIT_US,
  });
}

/** What did not fail. */
function takeAway(latency: Latencies, failed: Latencies): Latencies {
  const left = new Map(latency.buckets().map(({ toUs, count }) => [toUs, count]));
  const ends = [...left.keys()];
  for (const { toUs, count } of failed.buckets()) {
    // The last bucket of a distribution ends at its maximum, and so is another part of the same bucket here.
    const end = left.has(toUs) ? toUs : (ends.find((one) => one >= Math.round(toUs)) ?? ends.at(-1) ?? toUs);
    left.set(end, Math.max(0, (left.get(end) ?? 0) - count));
  }
  const buckets = [...left].map(([toUs, count]) => ({ toUs, count })).filter(({ count }) => count > 0);
  const count = latency.count - failed.count;
  const [all, gone] = [latency.meanUs, failed.meanUs];
  const highest = buckets.at(-1)?.toUs;
  if (count <= 0 || highest === undefined || all === undefined || gone === undefined) {
    return ofBuckets([], undefined);
  }
  const meanUs = (all * latency.count - gone * failed.count) / count;
  return ofBuckets(buckets, { meanUs: Math.min(highest, Math.max(0, meanUs)), maxUs: highest });
}

function ofBuckets(
  buckets: readonly LatencyBucket[],
  exact: { readonly meanUs: number; readonly maxUs: number } | undefined,
): Latencies {
  const count = buckets.reduce((total, bucket) => total + bucket.count, 0);
  return {
    count,
    meanUs: exact?.meanUs,
    maxUs: exact?.maxUs,
    percentileUs: (percent) => (count === 0 ? undefined : sampleOfRank(buckets, rankOf(percent, count))),
    buckets: () => buckets,
  };
}
