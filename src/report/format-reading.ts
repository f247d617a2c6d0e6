import { formatDuration } from '../shared/units.js';

export { formatReading, formatReadingAgainst } from '../shared/format-reading.js';

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
