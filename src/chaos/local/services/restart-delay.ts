import type { DurationMs } from '../../../shared/time.js';

/** Kubernetes goes up to five minutes; an experiment is over by then. */
const MOST_MS = 30_000;

/**
 * How long a replica stays down after its nth exit in a row: the configured back-off, doubled with each further one,
 * as Kubernetes does.
 *
 * @param exits 1 for the first
 */
export function restartDelayMs(backoffMs: DurationMs, exits: number): DurationMs {
  return Math.min(backoffMs * 2 ** Math.min(exits - 1, 20), Math.max(backoffMs, MOST_MS));
}
