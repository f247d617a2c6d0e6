import { access, constants, readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { captureOutput } from '../process/capture-output.js';

export interface K6Binary {
  /** Absolute. */
  readonly path: string;
  /** `2.2.0`. */
  readonly version: string;
  readonly major: 1 | 2;
  readonly foundIn: 'PLIMSOLL_K6' | 'PATH' | 'cache';
  /** Whether it was built with the folder k6-extension, and so tells of requests at less cost. */
  readonly isExtended: boolean;
}

export interface MissingK6 {
  /** Where it was looked for, and what was wrong with what was there. */
  readonly missing: string;
  /** How to get one. */
  readonly remedy: string;
}

export interface K6Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's own cache: `~/.cache/plimsoll/k6`. It may hold binaries, or folders with a `k6` in each. */
  readonly cacheDir: string;
  /** The search path; PATH of env where it is left out. */
  readonly path?: string;
}

/** What a person is told of it. */
export function describeVersion({ version, isExtended }: K6Binary): string {
  return isExtended ? `${version} with Plimsoll's extension` : version;
}

type Candidate = Pick<K6Binary, 'path' | 'foundIn'>;

const EXTENSION = /\bk6\/x\/plimsoll \[js\]/;

const DEADLINE_MS = 15_000;

/**
 * Looks for a k6 that works: in PLIMSOLL_K6, on the search path, in the project's cache. What PLIMSOLL_K6 names is
 * taken or refused; nothing else is tried in its stead.
 */
export async function findK6(
  surroundings: K6Surroundings,
  signal: AbortSignal = new AbortController().signal,
): Promise<K6Binary | MissingK6> {
  const { env, cacheDir } = surroundings;
  const searchPath = surroundings.path ?? env.PATH ?? '';
  const named = env.PLIMSOLL_K6;
  if (named) {
    const inspected = await inspect({ path: named, foundIn: 'PLIMSOLL_K6' }, signal);
    return typeof inspected === 'string'
      ? missing(`PLIMSOLL_K6 is ${named}: ${inspected}`, cacheDir)
      : inspected;
  }
  const refusals: string[] = [];
  for (const candidate of [...onPath(searchPath), ...(await inCache(cacheDir))]) {
    if (!(await isProgram(candidate.path))) continue;
    const inspected = await inspect(candidate, signal);
    if (typeof inspected !== 'string') return inspected;
    refusals.push(`${candidate.path}: ${inspected}`);
  }
  const looked = `not found on PATH or in ${cacheDir}, and PLIMSOLL_K6 is not set`;
  return missing(refusals.length === 0 ? looked : refusals.join('; '), cacheDir);
}

function missing(reason: string, cacheDir: string): MissingK6 {
  return {
    missing: reason,
    remedy:
      'install k6 1.x or 2.x (https://grafana.com/docs/k6/latest/set-up/install-k6/), or put its binary at ' +
      `${join(cacheDir, 'k6')}, or name it in PLIMSOLL_K6`,
  };
}

function onPath(searchPath: string): readonly Candidate[] {
  return searchPath
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => ({ path: join(folder, 'k6'), foundIn: 'PATH' }));
}

/** The newest first, as far as the names tell: `k6-v2.2.0` before `k6-v1.8.1`. */
async function inCache(cacheDir: string): Promise<readonly Candidate[]> {
  const names = await readdir(cacheDir).catch(() => []);
  names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return names.flatMap((name) =>
    [join(cacheDir, name), join(cacheDir, name, 'k6')].map((path) => ({ path, foundIn: 'cache' as const })),
  );
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // what the caller asks
  }
}

/** The binary, or why it cannot be used. */
async function inspect(candidate: Candidate, signal: AbortSignal): Promise<K6Binary | string> {
  if (!isAbsolute(candidate.path)) return 'not an absolute path';
  if (!(await isProgram(candidate.path))) return 'no such program';
  const output = await captureOutput([candidate.path, 'version'], { deadlineMs: DEADLINE_MS }, signal);
  if (output.status === 'failed') return `"k6 version" failed: ${output.reason}`;
  const version = /^\S*k6\S* v?(\d+)\.(\d+\.\d+\S*)/m.exec(output.stdout);
  if (output.code !== 0 || !version) return '"k6 version" did not print a version of k6';
  const [, major, rest = ''] = version;
  if (major !== '1' && major !== '2')
    return `version ${major ?? ''}.${rest} is not supported, 1.x and 2.x are`;
  return {
    ...candidate,
    version: `${major}.${rest}`,
    major: major === '1' ? 1 : 2,
    isExtended: EXTENSION.test(output.stdout),
  };
}
