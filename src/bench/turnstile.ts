import type { EpochMs } from '../shared/time.js';

/** A moment that only moves forward, and those who wait for it. */
export interface Turnstile {
  reachedMs(): EpochMs;
  reach(atMs: EpochMs): void;
  /** Resolves when the moment is reached; rejects with the signal's reason. */
  reached(atMs: EpochMs, signal: AbortSignal): Promise<void>;
}

export function createTurnstile(startMs: EpochMs): Turnstile {
  const waiting = new Set<{ readonly atMs: EpochMs; readonly go: () => void }>();
  let reachedMs = startMs;
  return {
    reachedMs: () => reachedMs,
    reach(atMs) {
      if (!(atMs > reachedMs)) return;
      reachedMs = atMs;
      for (const waiter of waiting) if (waiter.atMs <= atMs) waiter.go();
    },
    async reached(atMs, signal) {
      signal.throwIfAborted();
      if (atMs <= reachedMs) return;
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          waiting.delete(waiter);
          signal.removeEventListener('abort', abort);
        };
        const waiter = {
          atMs,
          go: () => {
            leave();
            resolve();
          },
        };
        const abort = () => {
          leave();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
          reject(signal.reason);
        };
        waiting.add(waiter);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
