import { exact } from './exact-number.js';
import type { Judgement, Score } from './judgement.js';

/**
 * The weighted share of the objectives that were met: the sum of the weights of those that passed, over the sum of all
 * weights. An inconclusive objective was not met. Undefined where there is no objective.
 */
export function scoreOf(judgements: readonly Pick<Judgement, 'outcome' | 'weight'>[]): Score | undefined {
  const weigh = (those: typeof judgements) => exact(those.reduce((sum, { weight = 1 }) => sum + weight, 0));
  const of = weigh(judgements);
  if (of === 0) return undefined;
  const met = weigh(judgements.filter(({ outcome }) => outcome === 'pass'));
  return { share: met / of, met, of };
}
