import type { EpochMs } from '../../shared/time.js';
import type { Endpoint } from '../endpoint-table.js';
import type { MetricSeries } from '../metric-series.js';
import type { SampleBatch } from '../sample-batch.js';
import type { MetricColumns } from './metric-columns.js';

/**
 * What has come in from a process since the last time. Times are the process's own; endpoints are indices into all names
 * told so far.
 */
export interface CollectedSamples extends SampleBatch {
  /** Endpoints that are new, in the order of their indices. */
  readonly newEndpoints: readonly Endpoint[];
  /** Metrics of which the first sample has come; their index is that of their selector. */
  readonly newMetrics: readonly { readonly index: number; readonly series: MetricSeries }[];
  /** By the index of the selector. */
  readonly metrics: MetricColumns;
  readonly dropped: readonly { readonly atMs: EpochMs; readonly count: number }[];
  /** When the load began: it was said, or the first request was sent. */
  readonly readyAtMs: EpochMs | undefined;
  /** The latest time that the process has told of anything. */
  readonly latestMs: EpochMs;
  /** When the oldest request that has not ended yet was sent; undefined where there is none. */
  readonly oldestOpenMs: EpochMs | undefined;
}

/** A request that had not ended when the rows ended. */
export interface OpenRequest {
  readonly sentAtMs: EpochMs;
  readonly endpoint: number;
  /** Metrics, by the index of their selector, that its duration is a sample of. */
  readonly metrics: readonly number[];
}
