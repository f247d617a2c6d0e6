import type { SampleColumns, SecondBlocks } from './second-blocks.js';
import { rankOf } from './merged-buckets.js';

/** Enough for the ends of a 90 % interval to stand still to about a twentieth of its width. */
export const RESAMPLES = 1000;

/**
 * What the percentile would have been in windows made of the same seconds, drawn with replacement: the block
 * bootstrap. Whole seconds are drawn, so that what their samples have in common stays together. Source: Efron and
 * Tibshirani, An Introduction to the Bootstrap (1993), section 8.6; Kuensch, Annals of Statistics 17 (1989).
 *
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function resamplePercentiles(
  blocks: SecondBlocks,
  percent: number,
  random: () => number,
): readonly number[] {
  const sizes = [...blocks.sizes, blocks.beyond];
  return Array.from({ length: RESAMPLES }, () => {
    const drawn = [...drawBlocks(blocks.sizes.length, random), 1]; // what lies beyond is no second, and always there
    const count = drawn.reduce((total, times, block) => total + times * (sizes[block] ?? 0), 0);
    const rank = rankOf(percent, count);
    // From the nearer end: a p99 is a sample in a hundred away.
    return percent > 50
      ? sampleFromTop(blocks.samples, drawn, count - rank + 1)
      : sampleFromBottom(blocks.samples, drawn, rank);
  });
}

/** The sample of that rank, 1 being the lowest, where each block is there as many times as it was drawn. */
function sampleFromBottom(
  { toUs, block, count }: SampleColumns,
  drawn: readonly number[],
  rank: number,
): number {
  let passed = 0;
  for (let row = 0; row < toUs.length; row++) {
    passed += (count[row] ?? 0) * (drawn[block[row] ?? 0] ?? 0);
    if (passed >= rank) return toUs[row] ?? 0;
  }
  return 0;
}

/** The same, 1 being the highest. */
function sampleFromTop(
  { toUs, block, count }: SampleColumns,
  drawn: readonly number[],
  rank: number,
): number {
  let passed = 0;
  for (let row = toUs.length - 1; row >= 0; row--) {
    passed += (count[row] ?? 0) * (drawn[block[row] ?? 0] ?? 0);
    if (passed >= rank) return toUs[row] ?? 0;
  }
  return 0;
}

/** How many times each block was drawn, in as many draws as there are blocks. */
function drawBlocks(count: number, random: () => number): number[] {
  const times = Array.from({ length: count }, () => 0);
  for (let draw = 0; draw < count; draw++) {
    const block = Math.floor(random() * count);
    times[block] = (times[block] ?? 0) + 1;
  }
  return times;
}
