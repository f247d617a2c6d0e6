import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../chaos/environment.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { newRunId } from '../experiments/new-run-id.js';
import type { DurationMs } from '../shared/time.js';
import type { CliContext } from './cli-context.js';
import { createEnvironment } from './create-environment.js';
import { createLogger } from './create-logger.js';

const SHORT_MS = 60_000;

/** An environment to look at and to sweep in, which is never started. */
export async function createIdleEnvironment(
  config: { readonly document: ConfigDocument; readonly path: string },
  name: string,
  { clock, env, random, terminal, interrupt }: CliContext,
  recoverDeadlineMs: DurationMs = SHORT_MS,
): Promise<Environment> {
  return await createEnvironment(
    config.document,
    name,
    {
      runId: newRunId(clock.wallMs(), random),
      configFolder: dirname(resolve(config.path)),
      // Nothing is started, so that nothing is written either.
      logsFolder: tmpdir(),
      recorder: { processStarted: () => Promise.resolve() },
      clock,
      logger: createLogger(terminal.err, env),
      searchPath: env.PATH ?? '',
      leaseMs: SHORT_MS,
      recoverDeadlineMs,
      onEvent: () => undefined,
    },
    interrupt,
  );
}
