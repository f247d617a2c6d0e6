import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findK6, type K6Binary } from '../../src/bench/k6/find-k6.js';
import { createK6Generator } from '../../src/bench/k6/k6-generator.js';
import type { LoadOutcome, TapeWriter } from '../../src/bench/load-generator.js';
import type { LoadReads } from '../../src/bench/load-reads.js';
import type { Clock } from '../../src/shared/time.js';

export interface K6Run extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when k6 is gone, of its own accord; undefined where nobody streamed what it measured. */
  readonly finished: Promise<LoadOutcome | undefined>;
}

const never = new AbortController().signal;

/** The k6 of PLIMSOLL_K6, of PATH or of the project's cache. */
export async function requireK6(): Promise<K6Binary> {
  const binary = await findK6({ env: process.env, cacheDir: join(homedir(), '.cache', 'plimsoll', 'k6') });
  if ('missing' in binary) throw new Error(`${binary.missing}; ${binary.remedy}`);
  return binary;
}

/** So many users, each of whom sends its next request when it has its answer; or so many requests a second. */
export function k6Script(
  url: string,
  load: { vus: number; seconds: number; ratePerSecond?: number },
): string {
  const { vus, seconds, ratePerSecond } = load;
  const amount =
    ratePerSecond === undefined
      ? `{ executor: 'constant-vus', vus: ${vus}, duration: '${seconds}s' }`
      : `{ executor: 'constant-arrival-rate', rate: ${ratePerSecond}, timeUnit: '1s', duration: '${seconds}s', preAllocatedVUs: ${vus} }`;
  return `import http from 'k6/http';
export const options = { scenarios: { load: ${amount} }, discardResponseBodies: true };
export default function () {
  http.get('${url}/', { tags: { name: 'GET /' } });
}
`;
}

/** k6 alone, with nothing that it measures written anywhere. */
export async function startPlainK6(binary: K6Binary, script: string): Promise<K6Run> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const path = join(folder, 'script.js');
  await writeFile(path, script);
  const quiet = ['--quiet', '--no-usage-report', '--address=', '--summary-mode=disabled', '--no-thresholds'];
  const child = spawn(binary.path, ['run', ...quiet, path], { stdio: 'ignore', detached: true });
  return {
    pid: child.pid ?? Number.NaN,
    finished: once(child, 'exit').then(() => undefined),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** k6 as a run starts it, streamed onto a tape. */
export async function startStreamedK6(
  binary: K6Binary,
  script: string,
  tape: TapeWriter,
  clock: Clock,
  reads?: LoadReads,
): Promise<K6Run> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const path = join(folder, 'script.js');
  await writeFile(path, script);
  let pid = Number.NaN;
  const generator = createK6Generator({
    binary,
    clock,
    logger: { debug: () => undefined, warn: console.error },
    runId: 'bench',
    temporaryFolder: folder,
    logsFolder: folder,
    recorder: {
      processStarted: (started) => {
        pid = started.pid;
        return Promise.resolve();
      },
    },
  });
  const load = {
    kind: 'k6-script' as const,
    script: path,
    env: {},
    maxDurationMs: 3_600_000,
    ...(reads === undefined ? {} : { reads }),
  };
  const running = await generator.start(load, tape, never);
  return {
    pid,
    finished: running.finished,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
