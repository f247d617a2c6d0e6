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
  let times = 0;
  const describeTimes = (): string =>
    times === 1
      ? `for ${formatDuration(worstMs)}`
      : `${formatCount(times)} times, for up to ${formatDuration(worstMs)}`;
  return {
    note: (lateMs) => {
      if (lateMs < STARVED_MS) return false;
      worstMs = Math.max(worstMs, lateMs);
      times += 1;
      return true;
    },
    caveats: () =>
      times === 0
        ? []
        : [
            `The load generator was starved of processor time ${describeTimes()}: requests were sent late by that much, ` +
              'and their latency includes it; run it again with less beside it.',
          ],
  };
}
