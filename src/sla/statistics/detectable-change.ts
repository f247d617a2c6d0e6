import { normalDensity, normalQuantile } from './normal-distribution.js';

/** Of the logarithm of latencies: a lognormal distribution whose p99 is 3.2 times its median, as many services have. */
const SPREAD = 0.5;
/**
 * How much farther off a change must be than it would for independent latencies. Two: what requests have in common
 * makes their number vary four times as much. The run itself measures this; before it, it can only be supposed.
 */
export const DEPENDENCE_FACTOR = 2;
/** An interval of 95 % lies clear of the limit in 80 of 100 windows. */
const DISTANCE = normalQuantile(0.975) + normalQuantile(0.8);

/**
 * The relative change of a percentile that a window of so many samples will most likely show: 0.11 for 11 %. A rule of
 * thumb for before the run, for latencies that are lognormal with the spread above. `others` is the number of samples of
 * the window that it is held against, where the limit is no fixed number.
 *
 * The standard error of a sample quantile is sqrt(p (1 - p) / n) over the density at it; on the logarithms of lognormal
 * latencies that density is phi(z_p) / spread. Source: David and Nagaraja, Order Statistics, 3rd edition (2003), section
 * 10.2. A change is seen with 80 % when it is 1.96 + 0.84 standard errors: Cohen, Statistical Power Analysis, 2nd
 * edition (1988), chapter 1.
 *
 * @param percent above 0, below 100
 */
export function detectableChange(percent: number, samples: number, others = Infinity): number {
  const share = percent / 100;
  const density = normalDensity(normalQuantile(share)) / SPREAD;
  const standardError = Math.sqrt(share * (1 - share) * (1 / samples + 1 / others)) / density;
  return Math.expm1(DEPENDENCE_FACTOR * DISTANCE * standardError);
}
