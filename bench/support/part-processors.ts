import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { K6Binary } from '../../src/bench/k6/find-k6.js';

const run = promisify(execFile);

export interface PartedProcessors extends AsyncDisposable {
  /** k6 on processors of its own. */
  readonly binary: K6Binary;
}

/**
 * Gives k6 one half of the processors, and the other half to this process and all that it starts from now on. Where they share
 * them, k6 pays for being interrupted, whoever does it: its processor time per request is then no measure of what it does.
 */
export async function partProcessors(binary: K6Binary): Promise<PartedProcessors> {
  const count = availableParallelism();
  if (count < 2) throw new Error('there is one processor, which k6 has to share: --shared measures it so');
  const half = Math.floor(count / 2);
  const [forK6, forOthers] = [`0-${half - 1}`, `${half}-${count - 1}`];
  await run('taskset', ['--all-tasks', '--pid', '--cpu-list', forOthers, String(process.pid)]);
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const path = join(folder, 'k6');
  // Go counts its processors when it starts; the process stays the same.
  await writeFile(path, `#!/bin/sh\nexec taskset --cpu-list ${forK6} '${binary.path}' "$@"\n`, {
    mode: 0o700,
  });
  return {
    binary: { ...binary, path },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
