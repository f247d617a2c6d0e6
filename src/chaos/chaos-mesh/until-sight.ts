import type { DurationMs } from '../../shared/time.js';
import type { Bell } from './bell.js';
import type { ChaosSight } from './chaos-sight.js';

export interface SightSource {
  readonly current: () => ChaosSight;
  /** Rings at each new sight. */
  readonly bell: Bell;
  readonly look: (signal: AbortSignal) => Promise<void>;
  readonly lookEveryMs: DurationMs;
}

/** The first answer that `check` gives about a sight. Where nothing is heard, it is looked for. */
export async function untilSight<T>(
  { current, bell, look, lookEveryMs }: SightSource,
  check: (sight: ChaosSight) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const answer = check(current());
    if (answer !== undefined) return answer;
    // A timer of its own holds the controller: a signal of AbortSignal.timeout may be collected before it fires.
    const quiet = new AbortController();
    const timer = setTimeout(() => {
      quiet.abort();
    }, lookEveryMs);
    try {
      await bell.next(AbortSignal.any([signal, quiet.signal]));
    } catch {
      signal.throwIfAborted();
      await look(signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
