import type { EpochMs } from './time.js';

/** One entry of a run's timeline. */
export interface RunEvent {
  readonly atMs: EpochMs;
  /** Kebab-case, stable: `service-exited`, `fault-injected`, `steady-state-met`. */
  readonly kind: string;
  readonly message: string;
  /** The replica, pod or service concerned. */
  readonly target?: string;
}
