import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { captureOutput } from '../process/capture-output.js';
import type { GoBenchLoad } from '../load-generator.js';
import { listCommand } from './go-commands.js';
import { explainNoTests, explainPackage, type GoProblem } from './go-problem.js';

/** What `go list` tells of a package. */
interface ListedPackage {
  readonly Dir?: string;
  readonly TestGoFiles?: readonly string[];
  readonly XTestGoFiles?: readonly string[];
  readonly Error?: { readonly Err?: string };
}

export type ReadPackage =
  | {
      readonly status: 'read';
      /** Where its tests run. */
      readonly folder: string;
      readonly testFiles: readonly string[];
    }
  | { readonly status: 'problem'; readonly problem: GoProblem };

const DEADLINE_MS = 60_000;

/** Asks `go` where the package is, and which test files it has under its build tags. */
export async function readPackage(go: string, load: GoBenchLoad, signal: AbortSignal): Promise<ReadPackage> {
  const { cwd, env } = load;
  const name = load.package;
  const listed = await captureOutput(listCommand(go, load), { cwd, env, deadlineMs: DEADLINE_MS }, signal);
  // A folder that is not there cannot be worked in either.
  if (listed.status === 'failed') return problem(explainPackage(name, listed.reason));
  const found = parseListed(listed.stdout);
  if (found === undefined) return problem(explainPackage(name, reasonOf(listed.stderr)));
  const { Dir: folder, TestGoFiles = [], XTestGoFiles = [], Error: error } = found;
  const files = [...TestGoFiles, ...XTestGoFiles];
  // Of a folder with test files alone `go list` says that it has no other Go files; that is no matter here.
  if (folder === undefined || (error !== undefined && files.length === 0)) {
    return problem(explainPackage(name, reasonOf(error?.Err ?? listed.stderr)));
  }
  if (files.length === 0) return problem(explainNoTests(name));
  return { status: 'read', folder, testFiles: files.map((file) => join(folder, file)) };
}

/** The names of the benchmarks that stand in the files; those that a benchmark makes as it runs are not among them. */
export async function declaredBenchmarks(testFiles: readonly string[]): Promise<readonly string[]> {
  const sources = await Promise.all(testFiles.map((file) => readFile(file, 'utf8')));
  return sources.flatMap((source) =>
    [...source.matchAll(/^func (Benchmark(?:[^a-z\W]\w*)?)\s*\(/gm)].map(([, name = '']) => name),
  );
}

function parseListed(text: string): ListedPackage | undefined {
  try {
    return JSON.parse(text) as ListedPackage;
  } catch {
    return undefined; // nothing, or several packages
  }
}

function reasonOf(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.length === 0 ? 'it is not one package' : lines.slice(0, 2).join('\n');
}

function problem(found: GoProblem): ReadPackage {
  return { status: 'problem', problem: found };
}
