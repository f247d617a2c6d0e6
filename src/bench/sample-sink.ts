import type { Membership } from './phase-windows.js';
import type { SlicePhase } from './second.js';
import type { EpochMs } from '../shared/time.js';

/**
 * Where the single requests of a tape go, where somebody keeps them. Calls never throw and never wait: whatever becomes
 * of what was handed over is the sink's business, and none of the run's.
 */
export interface SampleSink {
  /** The next endpoint, in order of their indexes; before the first sample that has it. */
  endpoint(name: string): void;
  /** A request as the tape has counted it; `result` as in SampleBatch. */
  sample(
    startMs: EpochMs,
    latencyUs: number,
    endpoint: number,
    result: number,
    phase: SlicePhase,
    membership: Membership,
  ): void;
}
