import type { EpochMs } from '../../shared/time.js';
import type { SampleBatch } from '../sample-batch.js';

/**
 * What has come in from a process since the last time. Times are the process's own; endpoints are indices into all names
 * told so far.
 */
export interface CollectedSamples extends SampleBatch {
  /** Endpoints that are new, in the order of their indices. */
  readonly newEndpoints: readonly string[];
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
}
