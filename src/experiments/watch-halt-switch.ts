import type { Clock } from '../shared/time.js';
import type { HaltSwitch } from './halt-switch.js';

/** Looks at the switch again and again, until it is pulled. Returns how to stop looking. */
export function watchHaltSwitch(
  halt: HaltSwitch,
  clock: Clock,
  onPulled: (reason: string) => void,
): () => void {
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  void (async () => {
    for (;;) {
      await clock.sleep(halt.everyMs, over.signal).catch(() => undefined);
      if (isOver()) return;
      const reason = await halt.look(over.signal);
      if (isOver()) return;
      if (reason !== undefined) {
        onPulled(reason);
        return;
      }
    }
  })();
  return () => {
    over.abort();
  };
}
