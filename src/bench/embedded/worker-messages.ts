import type { ClockAnchor } from '../../shared/anchored-clock.js';
import type { DurationMs, EpochMs } from '../../shared/time.js';
import type { HttpLoad } from '../load-generator.js';
import type { SampleBatch } from '../sample-batch.js';

/** What the worker thread is born with. */
export interface WorkerTask {
  readonly load: HttpLoad;
  /** For each request of the load, its endpoint's index on the tape. */
  readonly endpoints: readonly number[];
  readonly anchor: ClockAnchor;
}

export interface StopMessage {
  readonly kind: 'stop';
  readonly graceMs: DurationMs;
}

/** What was measured since the last message of this kind. */
export interface WrittenMessage {
  readonly kind: 'written';
  readonly batch: SampleBatch;
  /** When the dropped requests were due. */
  readonly droppedAtMs: readonly EpochMs[];
  readonly writtenUntilMs: EpochMs;
}

export interface EndedMessage {
  readonly kind: 'ended';
  readonly how: 'stopped' | 'finished';
  readonly endedAtMs: EpochMs;
  readonly requests: number;
  readonly caveats: readonly string[];
}

export type WorkerMessage =
  | { readonly kind: 'started'; readonly atMs: EpochMs }
  | WrittenMessage
  | { readonly kind: 'starved'; readonly lateMs: DurationMs }
  | EndedMessage;
