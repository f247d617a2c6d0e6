import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { DurationMs } from '../../../shared/time.js';
import { groupMembers } from '../process-table.js';

const run = promisify(execFile);

/** What the members of a process group take of the machine, together. */
export interface GroupUsage {
  readonly processes: number;
  /** Processor time since their start. */
  readonly cpuMs: DurationMs;
  readonly residentBytes: number;
}

export async function readGroupUsage(groupId: number): Promise<GroupUsage> {
  const members = await groupMembers(groupId);
  const pids = members.map(({ pid }) => pid);
  return {
    processes: members.length,
    cpuMs: members.reduce((total, { cpuMs }) => total + cpuMs, 0),
    residentBytes: process.platform === 'linux' ? await residentFromProc(pids) : await residentFromPs(pids),
  };
}

async function residentFromProc(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(
    pids.map(async (pid) => {
      try {
        const status = await readFile(`/proc/${pid}/status`, 'utf8');
        return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
      } catch {
        return 0; // it ended meanwhile
      }
    }),
  );
  return each.reduce((total, bytes) => total + bytes, 0);
}

async function residentFromPs(pids: readonly number[]): Promise<number> {
  if (pids.length === 0) return 0;
  try {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', pids.join(',')], { env: { LC_ALL: 'C' } });
    return stdout.split('\n').reduce((total, line) => total + Number(line.trim()) * 1024, 0);
  } catch {
    return 0; // all of them ended meanwhile
  }
}
