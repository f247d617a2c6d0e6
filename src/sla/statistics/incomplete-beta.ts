/** A continued fraction that has not settled by then has arguments that no sample size gives. */
const MOST_STEPS = 10_000;
const SETTLED = 1e-14;
const TINY = 1e-300;

/**
 * The regularised incomplete beta function I_x(a, b), for a and b above 0: by the continued fraction 8.17.22 of the
 * NIST Digital Library of Mathematical Functions, evaluated with Lentz's method.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it the symmetric form does (DLMF 8.17.4). At the mean either does, and
  // rounding may put it above from both sides: which form it is is decided once.
  return x > (a + 1) / (a + b + 2) ? 1 - byFraction(1 - x, b, a) : byFraction(x, a, b);
}

function byFraction(x: number, a: number, b: number): number {
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < SETTLED) break;
  }
  return Math.min(1, (Math.exp(logFront) * fraction) / a);
}

function guard(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Stirling's series (DLMF 5.11.1), after moving the argument up to where it is exact to twelve digits. */
function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  for (; at < 10; at++) shift += Math.log(at);
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680))));
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
}
