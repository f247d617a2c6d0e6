import { formatCount, formatDuration, formatRate, formatShare } from './units.js';

/** The units that an indicator's numbers have: microseconds, milliseconds, shares of 1, events per second, counts. */
export type ReadingUnit = 'us' | 'ms' | 'share' | 'per-second' | 'count' | 'plain';

/** The latency of a failed request that counts as longer than any limit: a day, the longest that is told apart. */
export const BEYOND_ANY_LIMIT_US = 24 * 3600 * 1e6;

/** A number of an indicator, for people: `214 ms`, `0.25 %`, `99.8/s`. */
export function formatReading(value: number, unit: ReadingUnit): string {
  switch (unit) {
    case 'us':
      return value >= BEYOND_ANY_LIMIT_US ? '∞' : formatDuration(value / 1000);
    case 'ms':
      return formatDuration(value);
    case 'share':
      return formatShare(value);
    case 'per-second':
      return formatRate(value);
    case 'count':
      return formatCount(value);
    case 'plain':
      return formatPlain(value);
  }
}

/**
 * The reading as formatReading() has it, with more digits where rounding would make it look equal to a limit that
 * it is not equal to: 350.4 ms against 350 ms must not read as "350 ms is over 350 ms".
 */
export function formatReadingAgainst(value: number, limit: number | undefined, unit: ReadingUnit): string {
  const short = formatReading(value, unit);
  if (limit === undefined || value === limit || short !== formatReading(limit, unit)) return short;
  if (short === '∞') return short;
  for (let digits = 3; digits <= 15; digits++) {
    const longer = exact(value, unit, digits);
    if (longer !== exact(limit, unit, digits)) return longer;
  }
  return short;
}

function exact(value: number, unit: ReadingUnit, digits: number): string {
  const show = (number: number): string => String(Number(number.toPrecision(digits)));
  switch (unit) {
    case 'us':
      return `${show(value / 1000)} ms`;
    case 'ms':
      return `${show(value)} ms`;
    case 'share':
      return `${show(value * 100)} %`;
    case 'per-second':
      return `${show(value)}/s`;
    case 'count':
    case 'plain':
      return show(value);
  }
}

function formatPlain(value: number): string {
  const rounded = Number(value.toPrecision(4));
  // Nobody counts the digits of 107800000.
  return Math.abs(rounded) >= 10_000 && Math.abs(rounded) < 1e15 ? formatCount(rounded) : String(rounded);
}
