import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A token that changes when a pid is given to another process: the kernel's boot id and start ticks on Linux, the
 * start time as `ps` prints it elsewhere. Undefined where there is no such process, or only its zombie.
 */
export async function processStartToken(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? await linuxToken(pid) : await psToken(pid);
}

/** Whether the very process that had this token is still running. */
export async function isSameProcess(pid: number, startToken: string): Promise<boolean> {
  return (await processStartToken(pid)) === startToken;
}

async function linuxToken(pid: number): Promise<string | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // gone: what the caller asks
  }
  // The command's name may hold spaces and brackets; the fields after the last bracket are safe to split.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = fields[19];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return `${bootId}:${startTicks}`;
}

async function psToken(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' } });
    const line = stdout.trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined; // ps exits 1 where there is no such process
  }
}
