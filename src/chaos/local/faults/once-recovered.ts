import type { Recovery } from '../../fault-injector.js';

/** Makes a recovery that may be asked for at any time and again: calls share it, and only an unconfirmed one is tried anew. */
export function onceRecovered(attempt: () => Promise<Recovery>): () => Promise<Recovery> {
  let latest: Promise<Recovery> | undefined;
  return () => {
    latest ??= attempt().then((recovery) => {
      if (recovery.status === 'unconfirmed') latest = undefined;
      return recovery;
    });
    return latest;
  };
}
