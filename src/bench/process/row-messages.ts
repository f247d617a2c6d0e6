import type { DurationMs } from '../../shared/time.js';
import type { LoadReads } from '../load-reads.js';
import type { CollectedSamples, OpenRequest } from './collected-samples.js';

/** What the reading thread is born with. */
export interface RowsTask {
  /** Path of the named pipe. */
  readonly fifo: string;
  /** How far the wall clock, by which the process stamps its rows, is ahead of the run's clock. */
  readonly offsetMs: DurationMs;
  readonly reads: LoadReads;
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
      readonly unreadable: UnreadableRows;
    }
  /** The rows are of no use: nothing more is read. */
  | ({ readonly kind: 'refused' } & RefusedRows);

/** Rows that are not as they should be. */
export interface UnreadableRows {
  readonly count: number;
  /** The first of them, and what is wrong with it; undefined where nobody kept it. */
  readonly first?: string;
}

/** Why rows cannot be read as samples at all. */
export interface RefusedRows {
  readonly reason: string;
  readonly remedy: string;
}
