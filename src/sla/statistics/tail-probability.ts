import { incompleteBeta } from './incomplete-beta.js';

/** Below this a further term does not change the sum. */
const NEGLIGIBLE = 1e-16;

/**
 * The probability that of n independent tries with chance q at least k succeed: the upper tail of the binomial
 * distribution, I_q(k, n - k + 1). n and k may be fractions, as effective sample sizes are. Source: NIST Digital Library
 * of Mathematical Functions, 8.17.5.
 */
export function atLeastOf(k: number, n: number, q: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return incompleteBeta(q, k, n - k + 1);
}

/**
 * The probability of at most k events where `expected` are expected: the lower tail of the Poisson distribution, summed
 * term by term from k down. Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, 3rd edition (2005), chapter 4.
 */
export function atMostOfExpected(k: number, expected: number): number {
  if (expected <= 0) return 1;
  let logTerm = -expected + k * Math.log(expected);
  for (let factor = 2; factor <= k; factor++) logTerm -= Math.log(factor);
  let term = Math.exp(logTerm);
  let sum = 0;
  for (let events = k; events >= 0 && term > sum * NEGLIGIBLE; events--) {
    sum += term;
    term *= events / expected;
  }
  return Math.min(1, sum);
}
