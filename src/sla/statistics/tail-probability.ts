/** Below this a further term does not change the sum. */
const NEGLIGIBLE = 1e-16;

/**
 * The probability that of n independent tries with chance q at least k succeed: the upper tail of the binomial
 * distribution, summed term by term from k, each from the one before. Source: Johnson, Kemp and Kotz, Univariate
 * Discrete Distributions, 3rd edition (2005), chapter 3.
 */
export function atLeastOf(k: number, n: number, q: number): number {
  if (k <= 0) return 1;
  if (k > n || q <= 0) return 0;
  if (q >= 1) return 1;
  // Below the mean the sum would start among its smallest terms, and the answer is "most likely" whatever it is.
  if (k <= n * q) return 1 - atLeastOf(n - k + 1, n, 1 - q);
  let term = Math.exp(logChoose(n, k) + k * Math.log(q) + (n - k) * Math.log1p(-q));
  let sum = 0;
  for (let hits = k; hits <= n && term > sum * NEGLIGIBLE; hits++) {
    sum += term;
    term *= ((n - hits) / (hits + 1)) * (q / (1 - q));
  }
  return Math.min(1, sum);
}

/**
 * The probability of at most k events where `expected` are expected: the lower tail of the Poisson distribution, summed
 * term by term from k down. Source: the same, chapter 4.
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

function logChoose(n: number, k: number): number {
  const fewer = Math.min(k, n - k);
  let sum = 0;
  for (let factor = 1; factor <= fewer; factor++) sum += Math.log((n - fewer + factor) / factor);
  return sum;
}
