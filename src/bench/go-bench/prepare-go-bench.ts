import { join } from 'node:path';
import { PlimsollError } from '../../shared/errors.js';
import type { GoBenchLoad } from '../load-generator.js';
import { buildTestBinary } from './build-test-binary.js';
import { explainNoResult, type GoProblem } from './go-problem.js';
import type { GoToolchain } from './go-toolchain.js';
import { explainMissing } from './preflight-go-bench.js';
import { declaredBenchmarks, readPackage } from './read-package.js';
import { tryBenchmarks } from './try-benchmarks.js';

/** Benchmarks that are built, and have shown that they run. */
export interface PreparedGoBench {
  readonly binary: string;
  /** Where they run: in the folder of their package, as under `go test`. */
  readonly folder: string;
  /** Whether more than one matches, those that a benchmark makes as it runs included. */
  readonly areSeveral: boolean;
}

export interface GoBenchSite {
  readonly go: GoToolchain;
  readonly runId: string;
  /** The run's private folder. It exists when the load starts. */
  readonly temporaryFolder: string;
}

/**
 * Builds the test binary, and runs each benchmark for one operation: what does not run at all is found before anything is
 * measured. Rejects with LOAD_FAILED.
 */
export async function prepareGoBench(
  load: GoBenchLoad,
  { go, runId, temporaryFolder }: GoBenchSite,
  signal: AbortSignal,
): Promise<PreparedGoBench> {
  if (go.status === 'missing') throw failed(explainMissing(go.reason));
  const read = await readPackage(go.path, load, signal);
  if (read.status === 'problem') throw failed(read.problem);
  const { folder, testFiles } = read;
  const binary = join(temporaryFolder, 'go-bench.test');
  const problem = await buildTestBinary(go.path, load, binary, signal);
  if (problem !== undefined) throw failed(problem);

  const trial = await tryBenchmarks(load, { binary, folder, runId }, signal);
  switch (trial.status) {
    case 'tried':
      return { binary, folder, areSeveral: trial.names.length > 1 };
    case 'none':
      throw failed(explainNoResult(load, await declaredBenchmarks(testFiles)));
    case 'broken':
      throw failed({
        code: 'go-bench-broken',
        message: trial.reason,
        remedy:
          'see that `go test -bench` works in the package while the service is up; nothing was measured',
      });
  }
}

function failed({ message, remedy }: GoProblem): PlimsollError {
  return new PlimsollError('LOAD_FAILED', message, { remedy });
}
