import type { Timers } from '../../src/chaos/local/proxy/timers.js';

export interface FakeTimers extends Timers {
  /** Moves the time on, and wakes up whoever is due on the way, each at its own moment. */
  advanceTo(atMs: number): void;
}

/** Timers that come at the very moment, when they are told that it has come. */
export function createFakeTimers(startMs = 0): FakeTimers {
  let nowMs = startMs;
  const entries = new Set<{ readonly dueMs: number; readonly wake: () => void }>();
  return {
    nowMs: () => nowMs,
    at(dueMs, wake) {
      const entry = { dueMs, wake };
      entries.add(entry);
      return () => entries.delete(entry);
    },
    advanceTo(atMs) {
      for (;;) {
        const [first] = [...entries].filter(({ dueMs }) => dueMs <= atMs).sort((a, b) => a.dueMs - b.dueMs);
        if (first === undefined) break;
        entries.delete(first);
        nowMs = Math.max(nowMs, first.dueMs);
        first.wake();
      }
      nowMs = Math.max(nowMs, atMs);
    },
  };
}
