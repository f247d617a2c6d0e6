import { medianOf } from './median.js';
import { normalQuantile } from './normal-distribution.js';

/** A straight line through values in order. */
export interface Trend {
  /** Where the line begins, at the first value, and ends, at the last. */
  readonly from: number;
  readonly to: number;
  readonly isSignificant: boolean;
}

/** What chance alone may be taken for a trend, both directions together. */
const FALSE_ALARMS = 0.01;
/** Below, the test statistic is not near enough to its normal distribution. */
export const FEWEST_VALUES = 10;

/**
 * Whether values rise or fall as they go, and the line that fits: the test of Mann (Econometrica 13, 1945) and Kendall,
 * which counts the pairs that rise against those that fall and assumes no distribution, and the line of Sen (Journal of
 * the American Statistical Association 63, 1968), the median of all slopes.
 *
 * Neighbouring values are alike even without a trend, so the variance of the count is raised after Hamed and Rao
 * (Journal of Hydrology 204, 1998) by the autocorrelation of the ranks about the line. They take the lags that are
 * significant; of so few values hardly any is, and so here all lags count up to the first that is not above 0. The
 * estimate of an autocorrelation is too low in short series; it is raised by (1 + 4 r) / n, to first order what it lacks
 * (Kendall, Biometrika 41, 1954). The variance is never lowered.
 *
 * Undefined for fewer than ten values.
 */
export function findTrend(values: readonly number[]): Trend | undefined {
  const n = values.length;
  if (n < FEWEST_VALUES) return undefined;
  const slope = medianOf(pairsOf(values).map(([earlier, later, gap]) => (later - earlier) / gap));
  const level = medianOf(values.map((value, index) => value - slope * index));
  const score = pairsOf(values).reduce((sum, [earlier, later]) => sum + Math.sign(later - earlier), 0);
  const residuals = values.map((value, index) => value - slope * index);
  const variance = ((n * (n - 1) * (2 * n + 5)) / 18) * likenessOf(ranksOf(residuals));
  const z = Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance);
  return {
    from: level,
    to: level + slope * (n - 1),
    isSignificant: z > normalQuantile(1 - FALSE_ALARMS / 2),
  };
}

/** Each value with each later one, and how far apart they are. */
function pairsOf(values: readonly number[]): (readonly [earlier: number, later: number, gap: number])[] {
  return values.flatMap((earlier, index) =>
    values.slice(index + 1).map((later, gap) => [earlier, later, gap + 1] as const),
  );
}

/** How many times more the score varies than that of values that are independent of each other; at least 1. */
function likenessOf(ranks: readonly number[]): number {
  const n = ranks.length;
  let sum = 0;
  for (let lag = 1; lag < n - 2; lag++) {
    const measured = autocorrelation(ranks, lag);
    const raised = Math.min(1, measured + (1 + 4 * measured) / n);
    if (raised <= 0) break;
    sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * raised;
  }
  return 1 + (2 * sum) / (n * (n - 1) * (n - 2));
}

function autocorrelation(values: readonly number[], lag: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const off = values.map((value) => value - mean);
  const squares = off.reduce((sum, value) => sum + value ** 2, 0);
  const products = off.slice(lag).reduce((sum, value, index) => sum + value * (off[index] ?? 0), 0);
  return squares === 0 ? 0 : products / squares;
}

/** The place of each value in order; equal values share the middle of theirs. */
function ranksOf(values: readonly number[]): readonly number[] {
  return values.map((value) =>
    values.reduce((sum, other) => sum + (other < value ? 1 : other === value ? 0.5 : 0), 0),
  );
}
