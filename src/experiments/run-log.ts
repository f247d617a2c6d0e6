import type { RunEvent } from '../shared/run-event.js';
import type { Clock } from '../shared/time.js';

/** The timeline of a run. */
export interface RunLog {
  add(kind: string, message: string, target?: string): void;
  /** Something that came with its own time. */
  take(event: RunEvent): void;
  /** In order of time. */
  events(): readonly RunEvent[];
}

export function createRunLog(clock: Clock, watch: (event: RunEvent) => void): RunLog {
  const events: RunEvent[] = [];
  const take = (event: RunEvent): void => {
    events.push(event);
    watch(event);
  };
  return {
    take,
    add(kind, message, target) {
      take({ atMs: clock.nowMs(), kind, message, ...(target === undefined ? {} : { target }) });
    },
    events: () => [...events].sort((a, b) => a.atMs - b.atMs),
  };
}
