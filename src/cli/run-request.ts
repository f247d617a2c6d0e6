import type { RunRequest, Surroundings } from './compose-run.js';
import type { CliContext } from './cli-context.js';
import type { GeneratorChoice } from './create-generator.js';
import type { Logger } from '../shared/logger.js';

/** The options of a command that say where and how an experiment is run. */
export interface WhereOptions {
  readonly environment?: string;
  readonly config?: string;
  readonly baseline?: string;
  readonly reports?: string;
  readonly generator?: GeneratorChoice;
  /** In milliseconds. */
  readonly maxDuration?: number;
  readonly keepSamples?: boolean;
}

export function requestOf(
  experimentPath: string,
  purpose: RunRequest['purpose'],
  { environment, config, baseline, reports, generator, maxDuration, keepSamples }: WhereOptions,
): RunRequest {
  return {
    experimentPath,
    purpose,
    ...(environment === undefined ? {} : { environment }),
    ...(config === undefined ? {} : { configPath: config }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(reports === undefined ? {} : { reports }),
    ...(generator === undefined ? {} : { generator }),
    ...(maxDuration === undefined ? {} : { maxDurationMs: maxDuration }),
    ...(keepSamples === undefined ? {} : { keepSamples }),
  };
}

export function surroundingsOf({ env, clock, random }: CliContext, logger: Logger): Surroundings {
  return { env, clock, random, logger };
}
