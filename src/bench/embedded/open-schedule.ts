import type { DurationMs, EpochMs } from '../../shared/time.js';

/**
 * The due times of an open model: request i is due at startMs + i / rate, whatever the service does.
 *
 * A due request that finds every connection busy waits for one, and its latency counts from when it was due: thus a
 * stall of the service shows in full (no coordinated omission). It waits no longer than maxWaitMs. After that the
 * want of a connection would say more about the generator than about the service, and the request is dropped
 * instead of sent.
 */
export interface OpenSchedule {
  /** Takes the oldest request that is due; returns when it was due. */
  take(nowMs: EpochMs): EpochMs | undefined;
  /** Gives up the requests that have waited too long; returns when they were due. */
  dropLate(nowMs: EpochMs): readonly EpochMs[];
  /** Gives up all that are due, since nothing starts any more; returns when they were due. */
  dropAll(nowMs: EpochMs): readonly EpochMs[];
  /** When the oldest request that is not started was or will be due; undefined after the last. */
  nextDueMs(): EpochMs | undefined;
}

export function createOpenSchedule(options: {
  readonly startMs: EpochMs;
  /** No request is due from here on. */
  readonly endMs: EpochMs;
  readonly ratePerSecond: number;
  readonly maxWaitMs: DurationMs;
}): OpenSchedule {
  const { startMs, endMs, ratePerSecond, maxWaitMs } = options;
  let index = 0;
  // Multiplied, not summed up: a sum drifts.
  const dueMs = (): EpochMs => startMs + (index * 1000) / ratePerSecond;

  const takeUntil = (latestMs: EpochMs): EpochMs | undefined => {
    const due = dueMs();
    if (due > latestMs || due >= endMs) return undefined;
    index += 1;
    return due;
  };
  const takeAllUntil = (latestMs: EpochMs): readonly EpochMs[] => {
    const taken: EpochMs[] = [];
    for (let due = takeUntil(latestMs); due !== undefined; due = takeUntil(latestMs)) taken.push(due);
    return taken;
  };

  return {
    take: takeUntil,
    dropLate: (nowMs) => takeAllUntil(nowMs - maxWaitMs),
    dropAll: takeAllUntil,
    nextDueMs: () => {
      const due = dueMs();
      return due < endMs ? due : undefined;
    },
  };
}
