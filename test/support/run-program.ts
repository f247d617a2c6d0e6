import { join } from 'node:path';
import { packageRoot } from '../../src/shared/package-root.js';
import { spawnProcess, type ProcessExit, type SpawnedProcess } from '../../src/shared/spawn-process.js';

const running = new Set<SpawnedProcess>();

export interface RunningProgram {
  readonly pid: number;
  /** What it wrote to stdout so far. */
  output(): string;
  kill(): void;
  readonly exited: Promise<ProcessExit>;
}

/** Starts one of test/support/programs with Node. It ends with endPrograms() at the latest. */
export async function runProgram(
  name: string,
  args: readonly string[],
  options: { readonly maxFileKiB?: number } = {},
): Promise<RunningProgram> {
  const program = join(packageRoot, 'dist', 'test', 'support', 'programs', `${name}.js`);
  const command = [process.execPath, program, ...args];
  const { maxFileKiB } = options;
  const outcome = await spawnProcess({
    // The shell counts in blocks of 512 bytes.
    command:
      maxFileKiB === undefined
        ? command
        : ['sh', '-c', `ulimit -f ${maxFileKiB * 2} && exec "$@"`, 'sh', ...command],
    stdout: 'pipe',
  });
  if (outcome.status === 'not-started') throw new Error(outcome.reason);
  const { process: spawned } = outcome;
  running.add(spawned);
  let output = '';
  spawned.child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = new Promise((resolve) => spawned.child.once('close', resolve));
  return {
    pid: spawned.pid,
    output: () => output,
    kill: () => spawned.child.kill('SIGKILL'),
    exited: closed.then(() => spawned.exited),
  };
}

/** For `afterEach`. */
export async function endPrograms(): Promise<void> {
  for (const { child, exited } of running) {
    child.kill('SIGKILL');
    await exited;
  }
  running.clear();
}
