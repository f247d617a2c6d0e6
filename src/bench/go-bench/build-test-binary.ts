import { access } from 'node:fs/promises';
import type { GoBenchLoad } from '../load-generator.js';
import { captureOutput } from '../process/capture-output.js';
import { buildCommand } from './go-commands.js';
import { explainBuild, explainNoTests, type GoProblem } from './go-problem.js';

/** The first build on a machine compiles the standard library, and may fetch modules. */
const DEADLINE_MS = 600_000;

/** Builds the test binary of the package. Returns what stood in the way. */
export async function buildTestBinary(
  go: string,
  load: GoBenchLoad,
  binary: string,
  signal: AbortSignal,
): Promise<GoProblem | undefined> {
  const { cwd, env } = load;
  const built = await captureOutput(
    buildCommand(go, load, binary),
    { cwd, env, deadlineMs: DEADLINE_MS },
    signal,
  );
  if (built.status === 'failed') return explainBuild(load.package, built.reason);
  if (built.code !== 0) return explainBuild(load.package, built.stderr);
  // Of a package without tests go makes no binary, and is content.
  const isThere = await access(binary).then(
    () => true,
    () => false,
  );
  return isThere ? undefined : explainNoTests(load.package);
}
