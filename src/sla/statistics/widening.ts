import type { SecondBlocks } from './second-blocks.js';
import { studentT } from './student-t.js';

/** The quantile of the normal distribution for an interval of 95 %. */
const Z = 1.959964;
/** How far apart the seconds are that are compared. */
const LAGS = [1, 2];

/**
 * How many times more the number of samples up to some latency varies than it would if samples came independently of
 * each other; never less than 1. Asked by the share of samples up to there. n samples tell as much as n / widening
 * independent ones (the effective sample size).
 */
export type Widening = (share: number) => number;

/** Where nothing is known of the seconds. */
export const NO_WIDENING: Widening = () => 1;

/**
 * Reads the widening from the differences between neighbouring seconds: were samples independent, the number up to a
 * latency in a second of n would vary by n F (1 - F). What samples of one second have in common (a pause, a queue)
 * shows as more. Seconds are held against their neighbours, and not against the mean of the window, so that a slow
 * drift or one long outage counts as what happened in the window and not as noise.
 *
 * Sources: the design effect of Kish, Survey Sampling (1965), section 8.2, and its use for percentiles as an effective
 * sample size with the correction t^2 / z^2 for few blocks by Korn and Graubard, Survey Methodology 24 (1998); the mean
 * square successive difference of von Neumann and others, Annals of Mathematical Statistics 12 (1941), to lag 2.
 */
export function createWidening(blocks: SecondBlocks): Widening {
  const { sizes, count, samples } = blocks;
  if (sizes.length <= Math.max(...LAGS)) return NO_WIDENING;
  const fewBlocks = (studentT(0.05, sizes.length - 1) / Z) ** 2;
  const below = sizes.map(() => 0);
  const shares: number[] = [];
  const factors: number[] = [];
  let passed = 0;
  for (const [row, toUs] of samples.toUs.entries()) {
    const block = samples.block[row] ?? 0;
    if (block < sizes.length) {
      below[block] = (below[block] ?? 0) + (samples.count[row] ?? 0);
      passed += samples.count[row] ?? 0;
    }
    if (samples.toUs[row + 1] === toUs) continue; // more of the same latency
    const share = passed / count;
    const independent = count * share * (1 - share);
    shares.push(share);
    // Of none, or all, of the samples nothing varies, as far as these samples can show.
    factors.push(
      independent === 0 ? 1 : Math.max(1, (varianceOf(below, sizes, share) / independent) * fewBlocks),
    );
  }
  return (share) => factors[firstAtLeast(shares, share)] ?? 1;
}

/** The variance of the sum over all seconds, from the differences between them. */
function varianceOf(below: readonly number[], sizes: readonly number[], share: number): number {
  const excess = below.map((samples, block) => samples - share * (sizes[block] ?? 0));
  let squares = 0;
  let pairs = 0;
  for (const lag of LAGS) {
    for (let block = lag; block < excess.length; block++) {
      squares += ((excess[block] ?? 0) - (excess[block - lag] ?? 0)) ** 2;
      pairs++;
    }
  }
  return (excess.length * squares) / (2 * pairs);
}

function firstAtLeast(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) >= value - 1e-9) high = middle;
    else low = middle + 1;
  }
  return low;
}
