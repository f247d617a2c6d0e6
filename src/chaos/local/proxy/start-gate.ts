import { dueOf, release } from './delay-line.js';
import { holdsBy, type DelayState } from './rule-states.js';
import type { Timers } from './timers.js';

/** Holds the start of a connection, as a delay would hold the handshake that its bytes wait for. */
export interface StartGate {
  /** Whether it is open by now. Where it is not, it calls back when it may be; ask again when the rules change, too. */
  isOpen(again: () => void): boolean;
  close(): void;
}

export function createStartGate(delays: readonly DelayState[], timers: Timers): StartGate {
  const arrivedMs = timers.nowMs();
  const holds = holdsBy(delays, 'connection');
  let callOff: (() => void) | undefined;
  let isReleased = false;

  return {
    isOpen(again) {
      callOff?.();
      if (isReleased) return true;
      const nowMs = timers.nowMs();
      const dueMs = dueOf(holds, arrivedMs);
      if (dueMs > nowMs) {
        callOff = timers.at(dueMs, again);
        return false;
      }
      release(holds, nowMs - arrivedMs);
      isReleased = true;
      return true;
    },
    close: () => callOff?.(),
  };
}
