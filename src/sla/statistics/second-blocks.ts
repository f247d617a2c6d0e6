import type { LatencyBucket } from '../../bench/measurement.js';

/** The samples of a window, second by second, sorted by latency. */
export interface SecondBlocks {
  /** How many samples each second has, in order of time; there is one at least in each. */
  readonly sizes: readonly number[];
  /** All samples of the seconds. */
  readonly count: number;
  /** Samples of the window that ended beyond it, perhaps all at once, so that no second of the window has them. */
  readonly beyond: number;
  /** From the lowest latency up: which seconds have how many samples of it. The block after the last is what lies beyond. */
  readonly steps: readonly BlockStep[];
}

export interface BlockStep {
  readonly toUs: number;
  readonly entries: readonly { readonly block: number; readonly count: number }[];
}

/** Seconds without a sample are left out: they say nothing of latencies. */
export function createBlocks(
  seconds: readonly (readonly LatencyBucket[])[],
  beyond: readonly LatencyBucket[] = [],
): SecondBlocks {
  const filled = seconds.filter((buckets) => buckets.length > 0);
  const steps = new Map<number, { block: number; count: number }[]>();
  const sizes = [...filled, beyond].map((buckets, block) => {
    let size = 0;
    for (const { toUs, count } of buckets) {
      const entries = steps.get(toUs) ?? [];
      entries.push({ block, count });
      steps.set(toUs, entries);
      size += count;
    }
    return size;
  });
  const beyondCount = sizes.pop() ?? 0;
  return {
    sizes,
    count: sizes.reduce((total, size) => total + size, 0),
    beyond: beyondCount,
    steps: [...steps].map(([toUs, entries]) => ({ toUs, entries })).sort((a, b) => a.toUs - b.toUs),
  };
}
