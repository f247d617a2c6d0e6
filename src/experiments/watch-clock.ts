import type { Clock, DurationMs } from '../shared/time.js';

const EVERY_MS = 1000;

/** Compares the run's clock with the wall clock once a second. Returns how to stop, which gives the largest step seen. */
export function watchClock(clock: Clock): () => Promise<DurationMs> {
  const over = new AbortController();
  const offsetMs = clock.wallMs() - clock.nowMs();
  let largestMs = 0;
  const look = (): void => {
    largestMs = Math.max(largestMs, Math.abs(clock.wallMs() - clock.nowMs() - offsetMs));
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(EVERY_MS, over.signal).catch(() => undefined);
      look();
    }
  })();
  return async () => {
    over.abort();
    await watching;
    return largestMs;
  };
}
