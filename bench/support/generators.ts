import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedGenerator } from '../../src/bench/embedded/embedded-generator.js';
import { findK6 } from '../../src/bench/k6/find-k6.js';
import { createK6Generator } from '../../src/bench/k6/k6-generator.js';
import type { LoadGenerator } from '../../src/bench/load-generator.js';
import type { Clock } from '../../src/shared/time.js';

export interface NamedGenerator extends AsyncDisposable {
  readonly name: string;
  readonly generator: LoadGenerator;
}

const logger = {
  debug: () => undefined,
  warn: (message: string) => {
    console.error(message);
  },
};

/** The embedded generator, and k6 where there is one: in PLIMSOLL_K6, on PATH, or in the project's cache. */
export async function allGenerators(clock: Clock): Promise<readonly NamedGenerator[]> {
  const embedded: NamedGenerator = {
    name: 'embedded',
    generator: createEmbeddedGenerator({ clock, logger }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const binary = await findK6({ env: process.env, cacheDir: join(homedir(), '.cache', 'plimsoll', 'k6') });
  if ('missing' in binary) {
    console.log(`k6 is left out: ${binary.missing}`);
    return [embedded];
  }
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const k6: NamedGenerator = {
    name: `k6 ${binary.version}`,
    generator: createK6Generator({
      binary,
      clock,
      logger,
      runId: 'bench',
      temporaryFolder: folder,
      logsFolder: folder,
      recorder: { processStarted: () => Promise.resolve() },
    }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  return [embedded, k6];
}
