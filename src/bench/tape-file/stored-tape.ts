import type { EpochMs } from '../../shared/time.js';
import type { Endpoint } from '../endpoint-table.js';
import type { MetricSeries } from '../metric-series.js';
import type { Span } from '../phase-windows.js';
import type { Second } from '../second.js';

/** A tape as it is read from its file. */
export interface StoredTape {
  readonly runId: string;
  /** The spans between borders, without a gap; the last has no end. */
  readonly spans: readonly Span[];
  /** The endpoints by their index. */
  readonly endpoints: readonly Endpoint[];
  /** The metrics by their index. */
  readonly metrics: readonly MetricSeries[];
  readonly seconds: readonly Second[];
  /** Until when it was measured. */
  readonly endMs: EpochMs;
  readonly ending: TapeEnding;
}

export type TapeEnding =
  | { readonly status: 'whole' }
  /** The run goes on, died, or could not write: what lies behind this byte is no whole record. */
  | { readonly status: 'cut-short'; readonly wholeBytes: number };
