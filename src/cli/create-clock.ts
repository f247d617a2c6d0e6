import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../shared/time.js';

/** The most that a timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's two clocks, as far as a Clock asks them. */
export interface TimeSource {
  /** Milliseconds since the epoch; somebody may set it. */
  readonly wallMs: () => number;
  /** Milliseconds from any start; it only goes forward. */
  readonly monotonicMs: () => number;
}

const MACHINE: TimeSource = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Reads the wall clock once, and from there on follows the monotonic clock. */
export function createClock(source: TimeSource = MACHINE): Clock {
  const offsetMs = source.wallMs() - source.monotonicMs();
  const nowMs = () => offsetMs + source.monotonicMs();
  return {
    nowMs,
    wallMs: source.wallMs,
    async sleep(ms, signal) {
      const untilMs = nowMs() + ms;
      signal.throwIfAborted();
      try {
        // A timer counts whole milliseconds and may fire a fraction early.
        for (let leftMs = ms; leftMs > 0; leftMs = untilMs - nowMs()) {
          await wait(Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS), undefined, { signal });
        }
      } catch (error) {
        signal.throwIfAborted(); // the reason, not the AbortError around it
        throw error;
      }
    },
  };
}
