import type { MetricSelector } from './metric-series.js';

/** What the objectives of a run read beyond requests by their endpoint: nothing else is asked of the generator. */
export interface LoadReads {
  /** Endpoints that objectives name: they are told apart even where there are too many. */
  readonly endpoints: readonly string[];
  /** By tag, the values that objectives name; requests with another value are counted as one. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly metrics: readonly MetricSelector[];
}

export const READS_NOTHING: LoadReads = { endpoints: [], tags: {}, metrics: [] };

/** The tags that have to be on the rows. */
export function tagKeysOf({ tags, metrics }: LoadReads): readonly string[] {
  return [...new Set([...Object.keys(tags), ...metrics.flatMap((metric) => Object.keys(metric.tags))])];
}
