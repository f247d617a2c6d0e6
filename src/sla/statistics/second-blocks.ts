import type { LatencyBucket } from '../../bench/measurement.js';

/** The samples of a window, second by second. */
export interface SecondBlocks {
  /** How many samples each second has, in order of time; there is one at least in each. */
  readonly sizes: readonly number[];
  /** All samples of the seconds. */
  readonly count: number;
  /** Samples of the window that ended beyond it, perhaps all at once, so that no second of the window has them. */
  readonly beyond: number;
  readonly samples: SampleColumns;
}

/** So many samples of a block up to a latency; sorted by latency. In columns, since they are walked through often. */
export interface SampleColumns {
  readonly toUs: Float64Array;
  /** The index of a second; the one after the last is what lies beyond. */
  readonly block: Int32Array;
  readonly count: Float64Array;
}

/** Seconds without a sample are left out: they say nothing of latencies. */
export function createBlocks(
  seconds: readonly (readonly LatencyBucket[])[],
  beyond: readonly LatencyBucket[] = [],
): SecondBlocks {
  const blocks = [...seconds.filter((buckets) => buckets.length > 0), beyond];
  const rows = blocks.flatMap((buckets, block) => buckets.map(({ toUs, count }) => ({ toUs, count, block })));
  rows.sort((a, b) => a.toUs - b.toUs);
  const sizes = blocks.map((buckets) => buckets.reduce((total, { count }) => total + count, 0));
  const beyondCount = sizes.pop() ?? 0;
  return {
    sizes,
    count: sizes.reduce((total, size) => total + size, 0),
    beyond: beyondCount,
    samples: {
      toUs: Float64Array.from(rows, ({ toUs }) => toUs),
      block: Int32Array.from(rows, ({ block }) => block),
      count: Float64Array.from(rows, ({ count }) => count),
    },
  };
}
