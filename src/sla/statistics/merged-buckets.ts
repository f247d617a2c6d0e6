import type { LatencyBucket } from '../../bench/measurement.js';

/** What is in all of the distributions together. */
export function mergeBuckets(distributions: readonly (readonly LatencyBucket[])[]): readonly LatencyBucket[] {
  const counts = new Map<number, number>();
  for (const { toUs, count } of distributions.flat()) counts.set(toUs, (counts.get(toUs) ?? 0) + count);
  return [...counts].map(([toUs, count]) => ({ toUs, count })).sort((a, b) => a.toUs - b.toUs);
}

export function countOf(buckets: readonly LatencyBucket[]): number {
  return buckets.reduce((total, { count }) => total + count, 0);
}

/** The sample of that rank, 1 being the lowest; undefined where there are not so many. */
export function sampleOfRank(buckets: readonly LatencyBucket[], rank: number): number | undefined {
  let passed = 0;
  return buckets.find(({ count }) => (passed += count) >= rank)?.toUs;
}

/**
 * The place of a percentile among `count` values in order, from 1 (nearest rank). The tolerance takes back what binary
 * fractions add: 99.9 % of 1,000 is the 999th.
 */
export function rankOf(percent: number, count: number): number {
  return Math.min(count, Math.max(1, Math.ceil((percent * count) / 100 - 1e-6)));
}
