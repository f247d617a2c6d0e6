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

/**
 * The share of the standard normal distribution above z, for z from 0 on; to 1.2e-7 of itself. Source: Press, Teukolsky,
 * Vetterling and Flannery, Numerical Recipes in C, 2nd edition (1992), section 6.2, erfcc.
 */
export function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const series = terms.reduceRight((sum, term) => sum * t + term, 0);
  return 0.5 * t * Math.exp(-x * x + series);
}
