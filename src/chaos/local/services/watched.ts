/** A value that can be waited for. */
export interface Watched<T> {
  readonly current: T;
  set(value: T): void;
  /** Resolves as soon as the value is one of those; rejects with the signal's reason when it aborts first. */
  until<S extends T>(test: (value: T) => value is S, signal: AbortSignal): Promise<S>;
  until(test: (value: T) => boolean, signal: AbortSignal): Promise<T>;
}

export function createWatched<T>(initial: T): Watched<T> {
  let current = initial;
  const watchers = new Set<(value: T) => void>();
  return {
    get current() {
      return current;
    },
    set(value) {
      current = value;
      for (const watcher of [...watchers]) watcher(value);
    },
    until(test: (value: T) => boolean, signal: AbortSignal): Promise<T> {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        if (test(current)) {
          resolve(current);
          return;
        }
        const stop = (): void => {
          watchers.delete(watcher);
          signal.removeEventListener('abort', abort);
        };
        const watcher = (value: T): void => {
          if (!test(value)) return;
          stop();
          resolve(value);
        };
        const abort = (): void => {
          stop();
          reject(signal.reason as Error);
        };
        watchers.add(watcher);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
