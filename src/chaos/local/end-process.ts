import { setTimeout as sleep } from 'node:timers/promises';
import type { DurationMs } from '../../shared/time.js';
import { groupMembers, listProcesses, type ProcessEntry } from './process-table.js';

/** What is to be ended: one process, or a process group by its id. */
export type EndTarget = { readonly pid: number } | { readonly groupId: number };

export type Ending =
  | { readonly status: 'gone' }
  | { readonly status: 'left'; readonly pids: readonly number[]; readonly reason: string };

/**
 * Ends processes and waits until the process table proves it. With a grace they are asked with SIGTERM first; what
 * is there after it, stopped or not, gets SIGKILL. Never rejects.
 */
export async function endProcess(
  target: EndTarget,
  options: { readonly graceMs: DurationMs; readonly deadlineMs: DurationMs },
): Promise<Ending> {
  let reason = 'it is still there after SIGKILL';
  if (options.graceMs > 0) {
    if (sendSignal(target, 'SIGTERM') === 'gone') return { status: 'gone' };
    sendSignal(target, 'SIGCONT'); // a stopped process would sleep through its SIGTERM
    if ((await waitUntilGone(target, options.graceMs)).length === 0) return { status: 'gone' };
  }
  const killed = sendSignal(target, 'SIGKILL');
  if (killed === 'gone') return { status: 'gone' };
  if (killed === 'refused') reason = 'this user may not send it a signal';
  const left = await waitUntilGone(target, options.deadlineMs);
  return left.length === 0
    ? { status: 'gone' }
    : { status: 'left', pids: left.map(({ pid }) => pid), reason };
}

/** `refused` also where only zombies are left, on some systems: the process table decides. */
export function sendSignal(target: EndTarget, signal: NodeJS.Signals): 'sent' | 'gone' | 'refused' {
  try {
    process.kill('pid' in target ? target.pid : -target.groupId, signal);
    return 'sent';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'refused';
    throw error;
  }
}

async function waitUntilGone(target: EndTarget, forMs: DurationMs): Promise<readonly ProcessEntry[]> {
  const expired = AbortSignal.timeout(forMs);
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const left = await livingOf(target);
    if (left.length === 0 || expired.aborted) return left;
    await sleep(pauseMs);
  }
}

async function livingOf(target: EndTarget): Promise<readonly ProcessEntry[]> {
  if ('groupId' in target) return await groupMembers(target.groupId);
  return (await listProcesses()).filter(({ pid }) => pid === target.pid);
}
