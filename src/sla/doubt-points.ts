import type { Outcome } from '../shared/outcome.js';
import { isCeiling } from './compare.js';
import type { JudgedPhase, Objective } from './objective.js';
import type { Observation } from './observation.js';
import { describeGaps, readObservation } from './read-observation.js';

/**
 * Why points of a query that have no number keep its outcome from standing; undefined where there are none, where nothing
 * that they may have been can undo the outcome, and where `minSamples` says how many with a number are enough.
 */
export function doubtPoints(
  objective: Objective,
  phase: JudgedPhase,
  outcome: Outcome,
  observations: readonly Observation[] | undefined,
): string | undefined {
  const { indicator, minSamples } = objective;
  if (indicator.kind !== 'prometheus' || minSamples !== undefined) return undefined;
  const observed = readObservation(indicator.query, phase, observations);
  return observed.gaps === 0 || isBeyondDoubt(objective, outcome) ? undefined : describeGaps(observed);
}

/** The highest point is over the limit already, so that a further one makes no difference. */
function isBeyondDoubt({ indicator, comparator }: Objective, outcome: Outcome): boolean {
  if (indicator.kind !== 'prometheus' || indicator.query.evaluation.kind === 'instant') return false;
  const { kind } = indicator.query.evaluation.reduce;
  return outcome === 'breach' && kind === (isCeiling(comparator) ? 'max' : 'min');
}
