import { findProgram } from '../../shared/find-program.js';
import { captureOutput } from '../process/capture-output.js';

/** The `go` command, or why there is none. */
export type GoToolchain =
  | {
      readonly status: 'found';
      /** Absolute. */
      readonly path: string;
      /** `1.26.8`. */
      readonly version: string;
    }
  | { readonly status: 'missing'; readonly reason: string };

const DEADLINE_MS = 15_000;

export const GO_REMEDY = 'install Go (https://go.dev/dl/), and put its bin folder on the PATH';

/** Looks for `go` on the search path, and asks it for its version. */
export async function findGo(
  { searchPath, cwd }: { readonly searchPath: string; readonly cwd: string },
  signal: AbortSignal,
): Promise<GoToolchain> {
  const program = await findProgram('go', cwd, searchPath);
  if (program.status !== 'found') return { status: 'missing', reason: 'not found on PATH' };
  const { path } = program;
  const output = await captureOutput([path, 'version'], { deadlineMs: DEADLINE_MS, cwd }, signal);
  if (output.status === 'failed') return missing(path, output.reason);
  const version = /^go version go(\S+)/m.exec(output.stdout)?.[1];
  return version === undefined || output.code !== 0
    ? missing(path, 'it did not print a version of Go')
    : { status: 'found', path, version };
}

function missing(path: string, reason: string): GoToolchain {
  return { status: 'missing', reason: `"${path} version" failed: ${reason}` };
}
