import { formatCount, formatDuration } from '../../shared/units.js';
import type { DurationMs } from '../../shared/time.js';

/** From here on a late tick says that the generator did not get the processor time that it needs. */
export const STARVED_MS = 50;

/** How late the generator's own ticks were, and what that means for its numbers. */
export interface Starvation {
  /** Returns whether this tick was late enough to be worth a warning. */
  note(lateMs: DurationMs): boolean;
  caveats(): readonly string[];
}

export function createStarvation(): Starvation {
  let worstMs = 0;
  let totalMs = 0;
  let times = 0;
  return {
    note: (lateMs) => {
      if (lateMs < STARVED_MS) return false;
      worstMs = Math.max(worstMs, lateMs);
      totalMs += lateMs;
      times += 1;
      return true;
    },
    caveats: () =>
      times === 0
        ? []
        : [
            `The load generator itself was starved of processor time ${formatCount(times)} ` +
              `${times === 1 ? 'time' : 'times'} (up to ${formatDuration(worstMs)}, ${formatDuration(totalMs)} in all): ` +
              'requests of those moments were sent late, and their latency includes that delay.',
          ],
  };
}
