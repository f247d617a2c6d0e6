import type { EpochMs } from '../shared/time.js';

/** Digits and lower-case letters, without those that are mistaken for one another. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LETTER_COUNT = 4;

/** What a run's id looks like. */
export const RUN_ID_PATTERN = /^\d{8}-\d{6}-[0-9a-z]{4}$/;

/**
 * `20261123-081502-k3f9`: the time in UTC, so that ids sort by it, and four letters that chance decides. It is safe
 * in a file's name, a Kubernetes name and a label. `random` gives numbers from 0 (inclusive) to 1 (exclusive).
 */
export function newRunId(atMs: EpochMs, random: () => number): string {
  const [day = '', time = ''] = new Date(atMs).toISOString().replace(/[-:]/g, '').split(/[T.]/);
  const letters = Array.from({ length: LETTER_COUNT }, () =>
    LETTERS.charAt(Math.floor(random() * LETTERS.length)),
  );
  return `${day}-${time}-${letters.join('')}`;
}
