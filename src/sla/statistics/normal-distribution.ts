/** The density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * The z below which the standard normal distribution has that share, to 0.00045: 1.96 for 0.975. Source: Abramowitz and
 * Stegun, Handbook of Mathematical Functions (1964), formula 26.2.23.
 *
 * @param share above 0, below 1
 */
export function normalQuantile(share: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  const z = t - numerator / denominator;
  return share < 0.5 ? -z : z;
}
