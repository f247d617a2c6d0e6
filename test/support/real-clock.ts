import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/shared/time.js';

/** The machine's own time, for tests of real processes and sockets. */
export const realClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  wallMs: () => performance.timeOrigin + performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
};

/** Waits that would be long are short. */
export const hurriedClock: Clock = {
  ...realClock,
  sleep: (ms, signal) => realClock.sleep(Math.min(ms, 300), signal),
};
