import { createFakeClock, type FakeClock } from './fake-clock.js';

/**
 * A clock whose time passes as soon as everybody waits for it: the next sleeper is woken when nothing else is left to
 * do. Seconds of a run take no time, and their order is the same on every machine.
 */
export function createAutoClock(startMs = 1_000_000): FakeClock {
  const clock = createFakeClock(startMs);
  const dueTimes: number[] = [];
  let driving = false;
  const drive = async (): Promise<void> => {
    driving = true;
    while (dueTimes.length > 0) {
      // Two rounds of the event loop: what a sleeper set off may itself have waited for something done at once.
      for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
      dueTimes.sort((a, b) => a - b);
      clock.advanceTo(dueTimes.shift() ?? clock.nowMs());
    }
    driving = false;
  };
  return {
    ...clock,
    sleep: (ms, signal) => {
      const dueMs = clock.nowMs() + ms;
      const sleeping = clock.sleep(ms, signal);
      if (!signal.aborted) {
        dueTimes.push(dueMs);
        // Nobody waits for it any more: the time must not run on to it.
        const forget = () => {
          const at = dueTimes.indexOf(dueMs);
          if (at !== -1) dueTimes.splice(at, 1);
        };
        const stay = () => {
          signal.removeEventListener('abort', forget);
        };
        signal.addEventListener('abort', forget, { once: true });
        sleeping.then(stay, stay);
      }
      if (!driving) void drive();
      return sleeping;
    },
  };
}
