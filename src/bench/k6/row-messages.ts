import type { DurationMs } from '../../shared/time.js';
import type { CollectedSamples, OpenRequest } from './collect-samples.js';

/** What the reading thread is born with. */
export interface RowsTask {
  /** Path of the named pipe. */
  readonly fifo: string;
  /** How far the wall clock, by which k6 stamps its rows, is ahead of the run's clock. */
  readonly offsetMs: DurationMs;
}

/** Times are on the run's clock here; endpoints are indices into all names told so far. */
export type RowsMessage =
  /** The pipe is open for reading: whoever opens it for writing finds a reader. */
  | { readonly kind: 'open' }
  | { readonly kind: 'rows'; readonly rows: CollectedSamples }
  | {
      /** Every writer has closed the pipe, and everything in it has been told. */
      readonly kind: 'end';
      readonly open: readonly OpenRequest[];
      /** Rows that are not as k6 writes them. */
      readonly unreadable: number;
    };
