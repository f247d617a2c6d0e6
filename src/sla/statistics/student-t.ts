import { incompleteBeta } from './incomplete-beta.js';

const FARTHEST = 1e6;

/**
 * The t beyond which, to both sides together, Student's distribution with these degrees of freedom has the share
 * `outside`: 2.145 for 0.05 and 14. The share outside t is I_x(df / 2, 1 / 2) with x = df / (df + t^2); it is
 * inverted by bisection. Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 2 (1995), chapter 28.
 */
export function studentT(outside: number, degreesOfFreedom: number): number {
  let [low, high] = [0, FARTHEST];
  for (let step = 0; step < 100; step++) {
    const t = (low + high) / 2;
    const share = incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
    if (share > outside) low = t;
    else high = t;
  }
  return high;
}
