/** Milliseconds since 1970-01-01 UTC, fractions allowed, on the run's one clock. */
export type EpochMs = number;

/** A length of time in milliseconds. */
export type DurationMs = number;

/**
 * The one clock of a run. It is anchored to the wall clock once and then follows the monotonic clock, so that a
 * step of the wall clock in mid-run cannot move a window.
 */
export interface Clock {
  nowMs(): EpochMs;
  /** The wall clock as it is now; it differs from nowMs() where somebody has set it since the start. */
  wallMs(): EpochMs;
  /** Resolves after the time; rejects with the signal's reason when it aborts first. */
  sleep(ms: DurationMs, signal: AbortSignal): Promise<void>;
}
