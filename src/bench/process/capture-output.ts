import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { DurationMs } from '../../shared/time.js';
import { spawnProcess } from '../../shared/spawn-process.js';

export type CapturedOutput =
  | { readonly status: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Runs a short command to its end, or kills it at its deadline. Rejects with the signal's reason alone. */
export async function captureOutput(
  command: readonly string[],
  options: { env?: Readonly<Record<string, string | undefined>>; cwd?: string; deadlineMs: DurationMs },
  signal: AbortSignal,
): Promise<CapturedOutput> {
  signal.throwIfAborted();
  const { deadlineMs, ...rest } = options;
  const started = await spawnProcess({ ...rest, command, stdout: 'pipe', stderr: 'pipe', group: true });
  if (started.status === 'not-started') return { status: 'failed', reason: started.reason };
  const { child, exited, pid } = started.process;
  const kill = (): void => {
    killGroup(pid);
  };
  const deadline = AbortSignal.timeout(deadlineMs);
  const either = AbortSignal.any([signal, deadline]);
  either.addEventListener('abort', kill, { once: true });
  try {
    const streams = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const [exit, [stdout, stderr]] = await Promise.all([exited, streams]);
    signal.throwIfAborted();
    if (deadline.aborted) return { status: 'failed', reason: `it did not end within ${deadlineMs} ms` };
    return exit.status === 'exited'
      ? { status: 'exited', code: exit.code, stdout, stderr }
      : { status: 'failed', reason: `it was ended by ${exit.signal}` };
  } finally {
    either.removeEventListener('abort', kill);
  }
}

async function textOf(stream: Readable | null): Promise<string> {
  return stream ? await text(stream) : '';
}

/** Ends a process group for good; one that is gone already is fine. */
export function killGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL');
}

/** Sends a signal to each process of a group; one that is gone already is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
