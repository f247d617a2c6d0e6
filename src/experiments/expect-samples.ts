import type { JudgedPhase, Objective } from '../sla/objective.js';
import { detectableChange } from '../sla/statistics/detectable-change.js';
import { errorShare } from '../sla/statistics/error-spending.js';
import { fewestSamples } from '../sla/statistics/fewest-samples.js';
import type { Plan } from './plan.js';

/** Whether an objective will have the samples that it needs. */
export type SampleForecast =
  | {
      readonly status: 'enough';
      readonly expected: number;
      readonly needed: number;
      /** For a percentile that is judged by its interval: the change that will most likely be seen, 0.11 for 11 %. */
      readonly sees?: number;
    }
  | {
      readonly status: 'too-few';
      readonly expected: number;
      readonly needed: number;
      /** Where they are too few. */
      readonly where: JudgedPhase;
    }
  /** Nobody can tell before the run: the load decides, or the indicator needs no number of samples. */
  | { readonly status: 'open' };

/**
 * How many samples a phase will give an objective, if everything answers, against how many it needs. Where its limit
 * relates to the steady phase, that one's count as well. Of several trials it is all of them together.
 */
export function expectSamples(
  objective: Objective,
  phase: JudgedPhase,
  { load, phasesMs, trials = 1 }: Pick<Plan, 'load' | 'phasesMs' | 'trials'>,
): SampleForecast {
  // Nobody knows before the run how often a script tells of a metric, or what share of its requests has a tag.
  if (objective.indicator.kind === 'metric' || Object.keys(objective.tags).some((key) => key !== 'name')) {
    return { status: 'open' };
  }
  // The points of a query are no requests.
  if (objective.indicator.kind === 'prometheus') return { status: 'open' };
  const needed = neededFor(objective, trials === 1 ? 1 : errorShare(trials, trials));
  const perSecond = rateOf(load, objective.tags.name);
  if (needed === undefined || perSecond === undefined) return { status: 'open' };
  const expectedIn = (where: JudgedPhase) => Math.round((trials * perSecond * phasesMs[where]) / 1000);
  const { limit } = objective;
  const read = limit.kind !== 'absolute' && limit.of === 'steady' ? [phase, 'steady' as const] : [phase];
  const where = read.find((one) => expectedIn(one) < needed);
  if (where !== undefined) return { status: 'too-few', expected: expectedIn(where), needed, where };
  const expected = expectedIn(phase);
  const sees = seenBy(
    objective,
    phase,
    expected,
    limit.kind === 'absolute' ? undefined : expectedIn(read[1] ?? phase),
  );
  return { status: 'enough', expected, needed, ...(sees === undefined ? {} : { sees }) };
}

/** The steady phase is compared plainly, and so is what asks for it. */
function seenBy(
  { indicator, confidence }: Objective,
  phase: JudgedPhase,
  samples: number,
  others: number | undefined,
): number | undefined {
  if (indicator.kind !== 'percentile' || confidence === 'point' || phase === 'steady') return undefined;
  return detectableChange(indicator.percent, samples, others);
}

function neededFor({ indicator, minSamples }: Objective, share: number): number | undefined {
  if (minSamples !== undefined) return minSamples;
  return indicator.kind === 'percentile' ? fewestSamples(indicator.percent, share) : undefined;
}

/** Requests per second, as far as the plan alone can tell. */
function rateOf(load: Plan['load'], endpoint: string | undefined): number | undefined {
  // A command has its own say; an iteration of a script may send any number of requests, and a closed model as many as there are answers.
  if (load.kind !== 'http' || load.profile.model === 'closed') return undefined;
  const weightOf = (requests: typeof load.requests) => requests.reduce((sum, { weight }) => sum + weight, 0);
  const meant = load.requests.filter(({ name }) => endpoint === undefined || name === endpoint);
  return (load.profile.ratePerSecond * weightOf(meant)) / weightOf(load.requests);
}
