import type { Tape } from '../bench/tape.js';
import type { Clock, DurationMs } from '../shared/time.js';
import { formatDuration } from '../shared/units.js';
import type { RunLog } from './run-log.js';

const EVERY_MS = 250;
/** Further behind, stop conditions look at a time that is long over; a border waits for twice as long. */
export const MOST_LAG_MS: DurationMs = 5_000;

/**
 * Watches how far what the load has measured is behind the clock, while the load goes on; says so once where that is
 * too far. Returns how to stop, which gives the longest that was seen.
 */
export function watchLag(clock: Clock, tape: Pick<Tape, 'lagMs'>, log: RunLog): () => DurationMs {
  const over = new AbortController();
  let longestMs = 0;
  const look = (): void => {
    const lagMs = tape.lagMs();
    if (lagMs > MOST_LAG_MS && longestMs <= MOST_LAG_MS) {
      log.add(
        'measurements-behind',
        `what the load measures comes in more than ${formatDuration(MOST_LAG_MS)} late: stop conditions look too late`,
      );
    }
    longestMs = Math.max(longestMs, lagMs);
  };
  void (async () => {
    while (!over.signal.aborted) {
      const hasPassed = await clock.sleep(EVERY_MS, over.signal).then(
        () => true,
        () => false,
      );
      if (hasPassed) look();
    }
  })();
  return () => {
    over.abort();
    return longestMs;
  };
}
