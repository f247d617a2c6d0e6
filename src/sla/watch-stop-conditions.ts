import type { Slice } from '../bench/measurement.js';
import { formatReading } from '../shared/format-reading.js';
import { holds } from './compare.js';
import { nameOf, unitOf } from './describe-indicator.js';
import type { StopCondition } from './objective.js';
import { readCounted } from './read-indicator.js';

const SECOND_MS = 1000;
/** Borders are sums of fractions: a whole second may miss some of its last digits. */
const ROUNDING_MS = 0.5;

/** Watches the fault phase second by second. */
export interface StopWatch {
  /** Takes the next slice, in order of time. Returns the condition that is now met, and what was seen. */
  take(slice: Slice): { readonly condition: StopCondition; readonly reason: string } | undefined;
}

/**
 * A condition is met when it held on as many whole seconds, one after the other, as it asks for. Slices of other phases
 * and slices that a border cut short are passed over. So are, for all but `rate` and `dropped`, seconds in which no
 * request ended: silence says nothing about errors or latency, so that it neither breaks a series nor counts in it. A
 * partition under which every request hangs for 10 s is silent until the first are given up, and then meets
 * `errors > 50% for 5s` in five seconds of failures, silent ones between them or not. Who wants to stop on silence
 * itself asks for `rate < 10/s for 5s`.
 */
export function createStopWatch(conditions: readonly StopCondition[]): StopWatch {
  const watched = conditions.map((condition) => ({ condition, seconds: 0 }));
  return {
    take(slice) {
      const durationMs = slice.endMs - slice.startMs;
      if (slice.phase !== 'fault' || durationMs < SECOND_MS - ROUNDING_MS) return undefined;
      let met: ReturnType<StopWatch['take']>;
      for (const one of watched) {
        const value = readSecond(one.condition, slice, durationMs);
        if (value === undefined) continue;
        one.seconds = holds(value, one.condition.comparator, one.condition.limit) ? one.seconds + 1 : 0;
        if (one.seconds * SECOND_MS >= one.condition.forMs) met ??= describe(one.condition, value);
      }
      return met;
    },
  };
}

function readSecond(condition: StopCondition, slice: Slice, durationMs: number): number | undefined {
  const { indicator } = condition;
  // That nothing ended, or was dropped, in a second is a number of its own.
  if (indicator.kind === 'dropped') return slice.dropped;
  if (indicator.kind === 'rate') return (slice.requests * 1000) / durationMs;
  const reading = readCounted(condition, { ...slice, durationMs });
  return reading?.status === 'measured' ? reading.value : undefined;
}

function describe(condition: StopCondition, value: number) {
  const { indicator, text } = condition;
  const reading = `${nameOf(indicator)} ${indicator.kind === 'errors' ? 'were' : 'was'} ${formatReading(value, unitOf(indicator))}`;
  return { condition, reason: `the stop condition "${text}" was met: ${reading} in its last second` };
}
