import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { listProcesses } from './process-table.js';

const run = promisify(execFile);

/**
 * The processes that were started with this setting in their environment, children of theirs included, but never
 * this process. Elsewhere than on Linux there is no way to ask them all; there it finds none.
 */
export async function findMarkedProcesses(name: string, value: string): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const marked = await Promise.all(
    (await listProcesses()).map(async ({ pid }) => ((await carriesMark(pid, name, value)) ? pid : undefined)),
  );
  return marked.filter((pid) => pid !== undefined && pid !== process.pid) as number[];
}

/** Whether the process was started with this setting in its environment. False where that cannot be seen. */
export async function carriesMark(pid: number, name: string, value: string): Promise<boolean> {
  const setting = `${name}=${value}`;
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').includes(setting);
    }
    const { stdout } = await run('ps', ['-Eww', '-o', 'command=', '-p', String(pid)]);
    return stdout.trim().split(/\s+/).includes(setting);
  } catch {
    return false; // it ended meanwhile, or belongs to another user
  }
}
