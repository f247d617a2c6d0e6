import type { Measurement } from '../bench/measurement.js';
import type { Objective } from './objective.js';

/** The iterations that could not start in a phase, unless one of its objectives says how many there may be. */
export function unjudgedDrops(
  objectives: readonly Objective[],
  measurement: Pick<Measurement, 'dropped'> | undefined,
): number {
  return objectives.some(({ indicator }) => indicator.kind === 'dropped') ? 0 : (measurement?.dropped ?? 0);
}
