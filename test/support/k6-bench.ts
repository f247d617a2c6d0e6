import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { K6Binary } from '../../src/bench/k6/find-k6.js';
import { createK6Generator } from '../../src/bench/k6/k6-generator.js';
import type { HttpLoad, K6ScriptLoad, LoadGenerator } from '../../src/bench/load-generator.js';
import { isSameProcess } from '../../src/shared/process-identity.js';
import type { RecordedProcess, RunRecorder } from '../../src/shared/run-recorder.js';
import type { Clock } from '../../src/shared/time.js';
import { aRequest } from './a-request.js';
import { realClock } from './real-clock.js';

/** A k6 generator in folders of its own, and what it has written down. */
export interface K6Bench {
  readonly generator: LoadGenerator;
  readonly recorded: readonly RecordedProcess[];
  /** Writes a file beside the scripts, and returns its path. */
  file(name: string, text: string): string;
  /** Names in the run's private folder. */
  temporaryFiles(): readonly string[];
  log(): string;
  /** For `afterEach`: removes the folders; throws where a process is left. */
  end(): Promise<void>;
}

export function aK6Bench(
  binary: K6Binary,
  overrides: { readonly clock?: Clock; readonly recorder?: RunRecorder; readonly rowsWorker?: URL } = {},
): K6Bench {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-k6-test-'));
  const folder = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const [scripts, temporaryFolder, logsFolder] = [folder('scripts'), folder('private'), folder('logs')];
  const recorded: RecordedProcess[] = [];
  const generator = createK6Generator({
    binary,
    clock: realClock,
    logger: { debug: () => undefined, warn: () => undefined },
    runId: 'k6-test',
    temporaryFolder,
    logsFolder,
    recorder: {
      processStarted: (started) => {
        recorded.push(started);
        return Promise.resolve();
      },
    },
    ...overrides,
  });
  return {
    generator,
    recorded,
    file: (name, text) => {
      writeFileSync(join(scripts, name), text);
      return join(scripts, name);
    },
    temporaryFiles: () => readdirSync(temporaryFolder),
    log: () => readFileSync(join(logsFolder, 'k6.log'), 'utf8'),
    end: async () => {
      rmSync(root, { recursive: true, force: true });
      for (const { pid, startToken } of recorded) {
        if (!(await isSameProcess(pid, startToken))) continue;
        process.kill(-pid, 'SIGKILL');
        throw new Error(`k6 was left running (pid ${pid})`);
      }
    },
  };
}

export function aScriptLoad(script: string, overrides: Partial<K6ScriptLoad> = {}): K6ScriptLoad {
  return { kind: 'k6-script', script, env: {}, maxDurationMs: 60_000, ...overrides };
}

export function anHttpLoad(url: string, overrides: Partial<HttpLoad> = {}): HttpLoad {
  return {
    kind: 'http',
    requests: [aRequest({ url })],
    timeoutMs: 10_000,
    profile: { model: 'open', ratePerSecond: 100, maxVUs: 20 },
    maxDurationMs: 60_000,
    ...overrides,
  };
}
