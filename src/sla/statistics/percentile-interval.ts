import type { LatencyBucket } from '../../bench/measurement.js';
import type { Interval } from './interval.js';
import { countOf } from './merged-buckets.js';
import { atLeastOf } from './tail-probability.js';
import type { Widening } from './widening.js';

/** What each side may miss, where there is one look alone. */
const TAIL = 0.025;

/**
 * An interval of 95 % for a percentile, whatever the distribution. Its ends are samples: the upper one is the lowest
 * sample of which it can be said, with 97.5 %, that at least `percent` of all requests lie at or below it, and the
 * lower one in the same way from above. Source: David and Nagaraja, Order Statistics, 3rd edition (2003), section 7.1,
 * with the effective sample size in the place of the number of samples (see widening.ts; for percentiles of clustered
 * samples this is Woodruff, Journal of the American Statistical Association 47 (1952)).
 *
 * With fewer than fewestSamples() an end may be the lowest or the highest sample, and the interval hold less than 95 %.
 * Undefined where there is no sample.
 *
 * @param share of its error that it may spend, see error-spending.ts: 1 gives an interval of 95 %, less a wider one
 */
export function percentileInterval(
  buckets: readonly LatencyBucket[],
  percent: number,
  widening: Widening,
  share = 1,
): Interval | undefined {
  const count = countOf(buckets);
  const [lowest, highest] = [buckets[0], buckets.at(-1)];
  if (lowest === undefined || highest === undefined) return undefined;
  const part = percent / 100;
  const tail = TAIL * share;
  /** Whether so many of all samples are clearly at least the share `of` all requests. */
  const clearly = (samples: number, of: number, width: number) =>
    samples >= of * count && atLeastOf(samples / width, count / width, of) <= tail;

  let atOrBelow = 0;
  const high = buckets.find((bucket) => {
    atOrBelow += bucket.count;
    return clearly(atOrBelow, part, widening(atOrBelow / count));
  });
  let below = count;
  const low = buckets.findLast((bucket) => {
    below -= bucket.count;
    return clearly(count - below, 1 - part, below === 0 ? 1 : widening(below / count));
  });
  return { low: (low ?? lowest).toUs, high: (high ?? highest).toUs, confidence: 1 - 2 * tail };
}
