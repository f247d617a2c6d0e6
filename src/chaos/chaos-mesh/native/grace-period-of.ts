import type { PlannedFault } from '../../fault-injector.js';

/** How long evicted pods may take to end; undefined: as long as each asks for itself. */
export function gracePeriodOf({ manifest }: PlannedFault): number | undefined {
  const { gracePeriodSeconds } = manifest.spec;
  return typeof gracePeriodSeconds === 'number' ? gracePeriodSeconds : undefined;
}
