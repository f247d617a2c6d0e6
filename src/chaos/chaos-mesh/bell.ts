/** Tells those who wait that something has changed; what has, they look up. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring; rejects with the signal's reason when it aborts first. */
  next(signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let waiting = new Set<() => void>();
  return {
    ring() {
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
    async next(signal) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        const abort = () => {
          waiting.delete(wake);
          reject(signal.reason as Error);
        };
        waiting.add(wake);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
