import type { EpochMs } from '../../shared/time.js';
import type { Span } from '../phase-windows.js';
import type { PartKind, Second } from '../second.js';

/** A part of a second as a tape file has it: its histogram stays encoded until somebody measures. */
export interface StoredPart extends PartKind {
  readonly requests: number;
  /** The sum of the latencies in two whole numbers, microseconds and the nanoseconds beyond them. */
  readonly sumUs: number;
  readonly sumNs: number;
  readonly maxUs: number;
  /** An HDR V2 block, not compressed. */
  readonly block: Uint8Array;
}

export interface StoredSecond extends Omit<Second, 'parts'> {
  readonly parts: readonly StoredPart[];
}

/** A tape as it is read from its file. */
export interface StoredTape {
  readonly runId: string;
  /** The spans between borders, without a gap; the last has no end. */
  readonly spans: readonly Span[];
  /** The names of the endpoints by their index. */
  readonly endpoints: readonly string[];
  readonly seconds: readonly StoredSecond[];
  /** Until when it was measured. */
  readonly endMs: EpochMs;
  readonly ending: TapeEnding;
}

export type TapeEnding =
  | { readonly status: 'whole' }
  /** The run goes on, died, or could not write: what lies behind this byte is no whole record. */
  | { readonly status: 'cut-short'; readonly wholeBytes: number };
