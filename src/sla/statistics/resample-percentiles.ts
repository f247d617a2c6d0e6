import type { SecondBlocks } from './second-blocks.js';
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
  // From the nearer end: for a p99 that is one step in fifty or so.
  const fromTop = percent > 50;
  const steps = fromTop ? blocks.steps.toReversed() : blocks.steps;
  const sizes = [...blocks.sizes, blocks.beyond];
  return Array.from({ length: RESAMPLES }, () => {
    const drawn = [...drawBlocks(blocks.sizes.length, random), 1]; // what lies beyond is no second, and always there
    const count = drawn.reduce((total, times, block) => total + times * (sizes[block] ?? 0), 0);
    const rank = rankOf(percent, count);
    const wanted = fromTop ? count - rank + 1 : rank;
    let passed = 0;
    const found = steps.find(({ entries }) => {
      for (const entry of entries) passed += entry.count * (drawn[entry.block] ?? 0);
      return passed >= wanted;
    });
    return found?.toUs ?? 0;
  });
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
