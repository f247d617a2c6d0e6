import type { BenchmarkReading } from '../bench/benchmark.js';
import type { Slice } from '../bench/measurement.js';
import type { Phase } from '../shared/phases.js';
import type { RunEvent } from '../shared/run-event.js';
import type { DurationMs, EpochMs } from '../shared/time.js';

/** What a run is doing now; each step ends when the next one begins. */
export type RunStep =
  /** Services and load are being started. */
  | { readonly kind: 'start' }
  /** One of several trials begins. */
  | { readonly kind: 'trial'; readonly trial: number; readonly of: number; readonly faultFirst: boolean }
  | {
      readonly kind: 'phase';
      readonly phase: Phase;
      readonly startMs: EpochMs;
      readonly plannedMs: DurationMs;
    }
  | { readonly kind: 'inject'; readonly faults: readonly string[] }
  | { readonly kind: 'recover'; readonly faults: readonly string[] }
  /** Load and services are being stopped. */
  | { readonly kind: 'stop' };

/** Who watches a run while it goes on. Calls must not throw, and the run does not wait for them. */
export interface RunObserver {
  step(step: RunStep): void;
  event(event: RunEvent): void;
  /** A second of the load, complete; about a second and a half after its end at the latest. */
  slice(slice: Slice): void;
  /** A benchmark has been measured once more; of a load that runs some alone. */
  benchmark?(reading: BenchmarkReading): void;
}
