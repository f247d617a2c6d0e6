import type { PlannedLoad } from '../bench/load-generator.js';
import type { DurationMs } from '../shared/time.js';
import type { Objective } from '../sla/objective.js';
import { fewestSamples } from '../sla/statistics/fewest-samples.js';

/** Whether an objective will have the samples that it needs. */
export type SampleForecast =
  | { readonly status: 'enough' | 'too-few'; readonly expected: number; readonly needed: number }
  /** Nobody can tell before the run: the load decides, or the indicator needs no number of samples. */
  | { readonly status: 'open' };

/** How many samples a phase will give an objective, if everything answers, against how many it needs. */
export function expectSamples(objective: Objective, load: PlannedLoad, phaseMs: DurationMs): SampleForecast {
  const needed = neededFor(objective);
  const perSecond = rateOf(load, objective.tags.name);
  if (needed === undefined || perSecond === undefined) return { status: 'open' };
  const expected = Math.round((perSecond * phaseMs) / 1000);
  return { status: expected >= needed ? 'enough' : 'too-few', expected, needed };
}

function neededFor({ indicator, minSamples }: Objective): number | undefined {
  if (minSamples !== undefined) return minSamples;
  return indicator.kind === 'percentile' ? fewestSamples(indicator.percent) : undefined;
}

/** Requests per second, as far as the plan alone can tell. */
function rateOf(load: PlannedLoad, endpoint: string | undefined): number | undefined {
  // A script or a command has its own say; an iteration may send any number of requests, and a closed model as many as there are answers.
  if (load.kind !== 'http' || load.profile.model === 'closed') return undefined;
  const weightOf = (requests: typeof load.requests) => requests.reduce((sum, { weight }) => sum + weight, 0);
  const meant = load.requests.filter(({ name }) => endpoint === undefined || name === endpoint);
  return (load.profile.ratePerSecond * weightOf(meant)) / weightOf(load.requests);
}
