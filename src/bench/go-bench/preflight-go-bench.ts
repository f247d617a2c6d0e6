import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../shared/finding.js';
import type { GoBenchLoad } from '../load-generator.js';
import { buildTestBinary } from './build-test-binary.js';
import { explainNoResult, type GoProblem } from './go-problem.js';
import { GO_REMEDY, type GoToolchain } from './go-toolchain.js';
import { isChosen } from './is-chosen.js';
import { declaredBenchmarks, readPackage } from './read-package.js';

/** Builds the benchmarks, and throws the binary away: nothing of the user's runs, and Go remembers what it compiled. */
export async function preflightGoBench(
  load: GoBenchLoad,
  go: GoToolchain,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const problem = await findProblem(load, go, signal);
  return problem === undefined ? [] : [{ severity: 'stop', ...problem }];
}

async function findProblem(
  load: GoBenchLoad,
  go: GoToolchain,
  signal: AbortSignal,
): Promise<GoProblem | undefined> {
  if (go.status === 'missing') return explainMissing(go.reason);
  const read = await readPackage(go.path, load, signal);
  if (read.status === 'problem') return read.problem;
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-go-'));
  try {
    const problem = await buildTestBinary(go.path, load, join(folder, 'bench.test'), signal);
    if (problem !== undefined) return problem;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const names = await declaredBenchmarks(read.testFiles);
  return names.some((name) => isChosen(load.bench, name)) ? undefined : explainNoResult(load, names);
}

export function explainMissing(reason: string): GoProblem {
  return {
    code: 'go-not-found',
    message: `load.goBench needs the go command: ${reason}`,
    remedy: GO_REMEDY,
  };
}
