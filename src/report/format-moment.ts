import type { DurationMs, EpochMs } from '../shared/time.js';

/** `2026-11-23 08:15:02 UTC`. */
export function formatMoment(atMs: EpochMs): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A time since the start of the load, to the second: `0:18`, `1:02:05`. */
export function formatClock(offsetMs: DurationMs): string {
  return clock(Math.round(offsetMs / 1000), '');
}

/** The same to the hundredth: `0:18.25`, `-0:01.40`. */
export function formatOffset(offsetMs: DurationMs): string {
  const hundredths = Math.round(offsetMs / 10);
  const seconds = Math.trunc(hundredths / 100);
  const fraction = `.${String(Math.abs(hundredths) % 100).padStart(2, '0')}`;
  return `${hundredths < 0 && seconds === 0 ? '-' : ''}${clock(seconds, fraction)}`;
}

function clock(wholeSeconds: number, fraction: string): string {
  const total = Math.abs(wholeSeconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const sign = wholeSeconds < 0 ? '-' : '';
  return hours > 0
    ? `${sign}${hours}:${two(minutes)}:${two(seconds)}${fraction}`
    : `${sign}${minutes}:${two(seconds)}${fraction}`;
}
