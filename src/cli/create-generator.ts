import { homedir } from 'node:os';
import { join } from 'node:path';
import { createCommandGenerator } from '../bench/command/command-generator.js';
import { createGoBenchGenerator } from '../bench/go-bench/go-bench-generator.js';
import { findGo } from '../bench/go-bench/go-toolchain.js';
import { createEmbeddedGenerator } from '../bench/embedded/embedded-generator.js';
import { findK6, type K6Surroundings } from '../bench/k6/find-k6.js';
import { createK6Generator } from '../bench/k6/k6-generator.js';
import { createMissingK6Generator } from '../bench/k6/missing-k6-generator.js';
import type { LoadGenerator } from '../bench/load-generator.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import type { ExperimentDocument } from '../experiments/experiment-schema.js';
import { createRunnersGenerator, runnersIn } from './create-runners-generator.js';
import { PlimsollError } from '../shared/errors.js';
import type { Logger } from '../shared/logger.js';
import type { RunRecorder } from '../shared/run-recorder.js';
import type { Clock } from '../shared/time.js';

/** `auto`: k6 where there is one, the embedded generator else. */
export type GeneratorChoice = 'auto' | 'k6' | 'embedded';

export interface GeneratorParts {
  /** Of plimsoll.yaml. */
  readonly environment: ConfigDocument['environments'][string];
  readonly configFolder: string;
  readonly choice?: GeneratorChoice;
  readonly runId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly temporaryFolder: string;
  readonly logsFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder: RunRecorder;
}

/** The adapter for a load: scripts need k6, lists of requests can do without, and a command is its own generator. */
export async function createGenerator(
  load: ExperimentDocument['load'],
  parts: GeneratorParts,
  signal: AbortSignal,
): Promise<LoadGenerator> {
  const { choice = 'auto', env, environment } = parts;
  const runners = runnersIn(load);
  if (load.command !== undefined) {
    if (choice !== 'auto') {
      throw new PlimsollError('USAGE', `--generator ${choice} has no say in a load.command`, {
        remedy: 'leave --generator out: the command makes the load',
      });
    }
    return createCommandGenerator({ ...parts, searchPath: env.PATH ?? '' });
  }
  if (load.goBench !== undefined) {
    if (choice !== 'auto') {
      throw new PlimsollError('USAGE', `--generator ${choice} has no say in a load.goBench`, {
        remedy: 'leave --generator out: the benchmarks make the load',
      });
    }
    const go = await findGo({ searchPath: env.PATH ?? '', cwd: process.cwd() }, signal);
    return createGoBenchGenerator({ ...parts, go });
  }
  if (choice === 'embedded') {
    if (load.http === undefined) {
      throw new PlimsollError('USAGE', 'the embedded generator cannot run a k6 script', {
        remedy: 'leave --generator out, or describe the load under load.http',
      });
    }
    return withoutRunners(createEmbeddedGenerator(parts), runners);
  }
  const found = await findK6(k6Surroundings(env), signal);
  if (runners !== undefined && environment.driver === 'kubernetes') {
    // It packs the script here, for those that run it there.
    if ('missing' in found) return createMissingK6Generator(found);
    return await createRunnersGenerator(runners, environment, { ...parts, binary: found });
  }
  if (!('missing' in found)) return withoutRunners(createK6Generator({ ...parts, binary: found }), runners);
  // What PLIMSOLL_K6 names is meant: another generator in its stead would be a surprise.
  const isWanted = choice === 'k6' || load.http === undefined || (env.PLIMSOLL_K6 ?? '') !== '';
  return isWanted ? createMissingK6Generator(found) : withoutRunners(createEmbeddedGenerator(parts), runners);
}

/** A generator of this machine, which says so where the experiment asks for several pods. */
function withoutRunners(generator: LoadGenerator, runners: number | undefined): LoadGenerator {
  if (runners === undefined) return generator;
  return {
    ...generator,
    preflight: async (load, signal) => [
      ...(await generator.preflight(load, signal)),
      {
        severity: 'warning',
        code: 'runners-not-used',
        message: `the experiment asks for ${runners} runners; here one generator on this machine makes all of the load`,
        remedy: 'name an environment on a cluster by --environment, and leave --generator out',
      },
    ],
  };
}

/** Where k6 is looked for. */
export function k6Surroundings(env: Readonly<Record<string, string | undefined>>): K6Surroundings {
  const cache =
    env.XDG_CACHE_HOME === undefined || env.XDG_CACHE_HOME === ''
      ? join(homedir(), '.cache')
      : env.XDG_CACHE_HOME;
  return { env, cacheDir: join(cache, 'plimsoll', 'k6') };
}
