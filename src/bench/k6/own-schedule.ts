import type { DurationMs } from '../../shared/time.js';
import { parseDuration } from '../../shared/units.js';
import type { LoadProfile } from '../load-generator.js';

/** What `k6 inspect` prints of the options, as far as it is used. Values that nobody set are null. */
export interface InspectedOptions {
  readonly scenarios?: Readonly<Record<string, InspectedScenario>> | null;
}

export interface InspectedScenario {
  readonly executor: string;
  readonly startTime?: string | null;
  readonly duration?: string | null;
  readonly stages?: readonly { readonly duration?: string | null }[] | null;
  readonly maxDuration?: string | null;
}

/** Executors that start an iteration when it is due, not when the one before has ended. */
const OPEN_EXECUTORS = ['constant-arrival-rate', 'ramping-arrival-rate'];
/** What k6 gives executors with a number of iterations. */
const DEFAULT_MAX_DURATION = '10m';

/** The latest moment at which a script starts an iteration, from the start of the load. */
export function longestScheduleMs(options: InspectedOptions): DurationMs {
  return Math.max(0, ...scenariosOf(options).map(([, scenario]) => scenarioMs(scenario)));
}

/** The names of scenarios whose users wait for an answer before they send again. */
export function closedScenarios(options: InspectedOptions): readonly string[] {
  return scenariosOf(options)
    .filter(([, { executor }]) => !OPEN_EXECUTORS.includes(executor))
    .map(([name]) => name);
}

/** Whether all scenarios are as the wrapper has set them: k6 lets its own settings override those of a script. */
export function followsProfile(
  options: InspectedOptions,
  profile: LoadProfile,
  runsForMs: DurationMs,
): boolean {
  const executor = profile.model === 'open' ? 'constant-arrival-rate' : 'constant-vus';
  const scenarios = scenariosOf(options);
  return (
    scenarios.length > 0 &&
    scenarios.every(
      ([, scenario]) =>
        scenario.executor === executor && parseDuration(scenario.duration ?? '0') === runsForMs,
    )
  );
}

function scenariosOf({ scenarios }: InspectedOptions): readonly (readonly [string, InspectedScenario])[] {
  return Object.entries(scenarios ?? {});
}

function scenarioMs({ executor, startTime, duration, stages, maxDuration }: InspectedScenario): DurationMs {
  const startMs = parseDuration(startTime ?? '0');
  if (executor.endsWith('-iterations')) return startMs + parseDuration(maxDuration ?? DEFAULT_MAX_DURATION);
  const stagesMs = (stages ?? []).reduce((total, stage) => total + parseDuration(stage.duration ?? '0'), 0);
  return startMs + parseDuration(duration ?? '0') + stagesMs;
}
