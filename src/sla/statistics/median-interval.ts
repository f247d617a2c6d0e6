import type { Interval } from './interval.js';
import { atLeastOf } from './tail-probability.js';

/** What each side may miss. */
const TAIL = 0.025;

/**
 * An interval of at least 95 % for the median of what the values are drawn from, whatever its distribution: the narrowest
 * pair of values, as far from the lowest as from the highest, of which either side misses at most 2.5 %. The median lies
 * below the k-th lowest of n values where fewer than k of them lie below it, with the probability of fewer than k heads
 * in n throws. It is the interval that benchstat prints: golang.org/x/perf/benchmath, AssumeNothing; David and Nagaraja,
 * Order Statistics, 3rd edition (2003), section 7.1.
 *
 * Undefined for fewer than six values: even the lowest and the highest would miss more.
 *
 * @param share of its error that it may spend, see error-spending.ts
 */
export function medianInterval(values: readonly number[], share = 1): Interval | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const mayMiss = (k: number) => 1 - atLeastOf(k, n, 0.5);
  let k = 0;
  while (2 * (k + 1) <= n && mayMiss(k + 1) <= TAIL * share) k += 1;
  const [low, high] = [sorted[k - 1], sorted[n - k]];
  return low === undefined || high === undefined
    ? undefined
    : { low, high, confidence: 1 - 2 * TAIL * share };
}
