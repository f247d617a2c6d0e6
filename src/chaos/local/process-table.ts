import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that is not a zombie. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** One letter, as `ps` prints it: R and S live, T is stopped. */
  readonly state: string;
  /** Of user and system together. */
  readonly cpuMs: number;
}

/** Every process of this machine that can be seen, but for zombies: those hold nothing and cannot be ended. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  const entries = process.platform === 'linux' ? await listProc() : await listPs();
  return entries.filter(({ state }) => state !== 'Z' && state !== 'X');
}

/** The members of a process group, whether its leader is still there or not. */
export async function groupMembers(groupId: number): Promise<readonly ProcessEntry[]> {
  return (await listProcesses()).filter((entry) => entry.groupId === groupId);
}

/** The kernel counts processor time in hundredths of a second for programs, on every architecture that Node runs on. */
const MS_PER_TICK = 10;

async function listProc(): Promise<readonly ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map(readProc));
  return entries.filter((entry) => entry !== undefined);
}

async function readProc(pid: string): Promise<ProcessEntry | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // it ended while the list was read
  }
  // The command's name may hold spaces and brackets; the fields after the last bracket are safe to split.
  const [state = '', parentPid, groupId, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    state,
    cpuMs: (Number(rest[8]) + Number(rest[9])) * MS_PER_TICK,
  };
}

async function listPs(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,time='], {
    env: { LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parentPid, groupId, state, time] = line.trim().split(/\s+/);
    if (pid === undefined || state === undefined || time === undefined) return [];
    return {
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      state: state.charAt(0),
      cpuMs: parsePsTime(time),
    };
  });
}

/** `[[days-]hours:]minutes:seconds[.hundredths]`, as `ps` prints processor time. Returns milliseconds. */
export function parsePsTime(time: string): number {
  const [, days = '0', clock = ''] = /^(?:(\d+)-)?([\d:.]+)$/.exec(time) ?? [];
  const seconds = clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}
