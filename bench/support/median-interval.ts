import { median } from './median.js';

export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The median of values with the order statistics around it that hold it in at least 95 % of cases; all, where there are too few. */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = [...values].sort((a, b) => a - b);
  let rank = 0;
  let tail = 0.5 ** sorted.length;
  let chance = tail;
  while (tail <= 0.025 && rank < sorted.length / 2 - 1) {
    rank++;
    chance = (chance * (sorted.length - rank + 1)) / rank;
    tail += chance;
  }
  const from = tail > 0.025 ? Math.max(0, rank - 1) : rank;
  return {
    median: median(sorted),
    low: sorted[from] ?? Number.NaN,
    high: sorted[sorted.length - 1 - from] ?? Number.NaN,
  };
}
