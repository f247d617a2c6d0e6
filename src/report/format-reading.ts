import type { IndicatorUnit } from '../sla/objective.js';
import { formatCount, formatDuration, formatRate, formatShare } from '../shared/units.js';

/** A number of an indicator, for people: `214 ms`, `0.25 %`, `99.8/s`. */
export function formatReading(value: number, unit: IndicatorUnit): string {
  switch (unit) {
    case 'us':
      return formatDuration(value / 1000);
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
export function formatReadingAgainst(value: number, limit: number | undefined, unit: IndicatorUnit): string {
  const short = formatReading(value, unit);
  if (limit === undefined || value === limit || short !== formatReading(limit, unit)) return short;
  for (let digits = 3; digits <= 15; digits++) {
    const longer = exact(value, unit, digits);
    if (longer !== exact(limit, unit, digits)) return longer;
  }
  return short;
}

function exact(value: number, unit: IndicatorUnit, digits: number): string {
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
  return String(Number(value.toPrecision(4)));
}

/** A latency or duration in ms; an en dash where there was no sample. */
export function formatMaybeMs(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}

/** `17.5x`, `1.02x`: how many times the first the second is; undefined where that says nothing. */
export function formatRatio(before: number | null, after: number | null): string | undefined {
  if (before === null || after === null || before <= 0) return undefined;
  const ratio = after / before;
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)}x`;
}
