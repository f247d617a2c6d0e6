import { type ObjectChange, watchObjects, type WatchOptions } from '../../shared/kubernetes/watch-objects.js';
import { createBell } from './bell.js';

/**
 * Follows objects through one watch or several, each of which lists first, until the stop that it resolves to.
 *
 * @param take is told of every change, and by which of the watches; must not throw
 * @returns when each list has been taken once. Rejects with the signal's reason, with nothing left running
 */
export async function followObjects<T>(
  watches: readonly WatchOptions<T>[],
  take: (change: ObjectChange<T>, watch: number) => void,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const ended = new AbortController();
  const bell = createBell();
  const seen = new Set<number>();

  async function follow(watch: WatchOptions<T>, index: number): Promise<void> {
    for await (const change of watchObjects(watch, ended.signal)) {
      take(change, index);
      if (change.type !== 'listed') continue;
      seen.add(index);
      bell.ring();
    }
  }

  const following = watches.map(follow);
  for (const each of following) each.catch(() => undefined); // a bug in it surfaces at the stop
  const stop = async () => {
    ended.abort();
    await Promise.all(following);
  };
  try {
    while (seen.size < watches.length) await bell.next(signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
