import type { MetricSeries } from './metric-series.js';
import { selectorKey } from './metric-series.js';

/** The metrics by index, in order of their first appearance. */
export interface MetricTable {
  readonly all: readonly MetricSeries[];
  /** The index of a series; the same selector gives the same index. */
  indexOf(series: MetricSeries): number;
}

/** @param onNew called with each series that gets an index, in order */
export function createMetricTable(onNew: (series: MetricSeries) => void = () => undefined): MetricTable {
  const all: MetricSeries[] = [];
  const indexes = new Map<string, number>();
  return {
    all,
    indexOf(series) {
      const key = selectorKey(series);
      const known = indexes.get(key);
      if (known !== undefined) return known;
      indexes.set(key, all.length);
      all.push(series);
      onNew(series);
      return all.length - 1;
    },
  };
}
