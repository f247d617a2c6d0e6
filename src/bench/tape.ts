import type { Phase } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import type { TapeWriter } from './load-generator.js';
import type { Measurements, Slice } from './measurement.js';

/**
 * The recorded measurements of a run. The orchestrator sets the borders, the generator writes, and both sides may
 * call at any time. A border lies at the moment of the call, never before the end of a sample already written: thus
 * the phase of a sample is decidable when it arrives, and memory does not grow with the number of samples.
 */
export interface Tape extends TapeWriter {
  /** Begins a phase now, and returns its first moment. */
  begin(phase: Phase): EpochMs;
  /** Ends the current phase now: what starts from here on belongs to a transition. Returns its last moment. */
  end(): EpochMs;
  /** Resolves when everything that ended before the moment is on the tape; rejects with the signal's reason. */
  caughtUp(atMs: EpochMs, signal: AbortSignal): Promise<void>;
  /** How far the generator's writing is behind the clock. */
  lagMs(): number;
  /** Called once for each slice that is complete, in order of time. Returns the way to unsubscribe. */
  onSlice(listener: (slice: Slice) => void): () => void;
  /** What has been measured so far. The objects do not change afterwards. */
  measure(): Measurements;
  /** The last measurement, when nothing is written any more: what is open is sealed, and the sink gets the end. */
  finish(): Measurements;
}
