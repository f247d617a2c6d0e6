import type { Clock } from '../../../shared/time.js';
import type { DoseReading } from '../../fault-injector.js';

const EVERY_MS = 1000;

/** One reading at once, and then one a second until the signal aborts. */
export async function* readDoses(
  clock: Clock,
  signal: AbortSignal,
  read: () => Promise<Omit<DoseReading, 'atMs'>>,
): AsyncGenerator<DoseReading, void> {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const seen = await read();
    yield { atMs: clock.nowMs(), ...seen };
    try {
      await clock.sleep(EVERY_MS, signal);
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
}
