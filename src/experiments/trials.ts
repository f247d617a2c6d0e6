import type { PhaseWindow } from '../shared/phases.js';
import { errorShare } from '../sla/statistics/error-spending.js';

/** More would ask for more samples at each look than a run has. */
export const MOST_TRIALS = 10;

/**
 * Whether a trial, counted from 1, has its fault before its steady phase. Every second one has, so that pairs follow each
 * other as A B, B A, A B: what drifts at a steady pace weighs on both sides alike. The order is called ABBA; Box, Hunter and
 * Hunter, Statistics for Experimenters, 2nd edition (2005), section 4.2, on blocking against a trend in time.
 */
export function hasFaultFirst(trial: number): boolean {
  return trial % 2 === 0;
}

/** How many trials were begun, as far as a fault phase. */
export function countTrials(windows: readonly PhaseWindow[]): number {
  return windows.filter(({ phase }) => phase === 'fault').length;
}

/** How much of the error the judging of so many trials of the planned may spend. */
export function errorShareOf(windows: readonly PhaseWindow[], planned: number): number {
  return planned === 1 ? 1 : errorShare(Math.min(Math.max(countTrials(windows), 1), planned), planned);
}
