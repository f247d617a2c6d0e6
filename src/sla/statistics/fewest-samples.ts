/** What each side of a 95 % interval may miss, where there is one look alone. */
const TAIL = 0.025;

/**
 * With fewer samples no interval of 95 % exists for the percentile: 368 for p99, 3,688 for p99.9.
 *
 * The interval's ends are samples. The largest of n lies above the percentile p with probability 1 - p^n, whatever the
 * distribution, so that an upper end exists once p^n <= 0.025: n >= ln 0.025 / ln p; and in the same way a lower one,
 * with 1 - p. Source: David and Nagaraja, Order Statistics, 3rd edition (2003), section 7.1.
 *
 * @param percent above 0, below 100
 * @param share of its error that the interval may spend, see error-spending.ts
 */
export function fewestSamples(percent: number, share = 1): number {
  const rarer = Math.max(percent, 100 - percent) / 100;
  return Math.ceil(Math.log(TAIL * share) / Math.log(rarer));
}
