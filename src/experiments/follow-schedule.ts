import type { Clock, EpochMs } from '../shared/time.js';
import { PlimsollError } from '../shared/errors.js';
import type { FaultCourse } from './fault-course.js';

/**
 * Puts a fault in and out as its schedule says, until the signal aborts. What is in then stays in, for whoever ends
 * the phase. A time that passes while the fault is still coming or going is not made up for. An injection that fails
 * is written in the fault's history, and the schedule goes on.
 *
 * @param isIn the first injection has been made
 */
export async function followSchedule(
  course: FaultCourse,
  {
    clock,
    phaseStartMs,
    isIn,
  }: { readonly clock: Clock; readonly phaseStartMs: EpochMs; readonly isIn: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { atMs, forMs, everyMs } = course.fault.schedule;
  const until = async (timeMs: EpochMs): Promise<void> => {
    await clock.sleep(Math.max(0, timeMs - clock.nowMs()), signal);
  };
  let dueMs = phaseStartMs + atMs;
  let injected = isIn;
  try {
    for (;;) {
      if (!injected) {
        await until(dueMs);
        await injectOrRecover(course, signal);
      }
      if (forMs !== undefined) {
        await until(dueMs + forMs);
        await course.recover();
      }
      if (everyMs === undefined) return;
      dueMs += everyMs;
      while (dueMs < clock.nowMs()) dueMs += everyMs;
      await until(dueMs);
      await course.recover();
      injected = false;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function injectOrRecover(course: FaultCourse, signal: AbortSignal): Promise<void> {
  try {
    await course.inject(signal);
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof PlimsollError)) throw thrown;
    await course.recover();
  }
}
