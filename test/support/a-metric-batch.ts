import type { MetricBatch } from '../../src/bench/metric-batch.js';

export interface AMetricSample {
  readonly startMs: number;
  /** By default the same moment. */
  readonly endMs?: number;
  readonly value: number;
  readonly series: number;
}

export function aMetricBatch(samples: readonly AMetricSample[]): MetricBatch {
  return {
    count: samples.length,
    startMs: Float64Array.from(samples, ({ startMs }) => startMs),
    endMs: Float64Array.from(samples, ({ startMs, endMs = startMs }) => endMs),
    value: Float64Array.from(samples, ({ value }) => value),
    series: Uint16Array.from(samples, ({ series }) => series),
  };
}
