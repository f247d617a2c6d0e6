import type { ChildProcess } from 'node:child_process';
import { PlimsollError } from '../../../shared/errors.js';
import type { Clock, DurationMs } from '../../../shared/time.js';
import { formatDuration } from '../../../shared/units.js';
import type { ProxyAnswer, ProxyCall, ProxyCommand } from './proxy-messages.js';

/** Calls to the proxy process, each answered or given up. */
export interface ControlChannel {
  /** Rejects with what the proxy refuses it for, with DEADLINE, or with NOT_READY when the process is gone. */
  call(command: ProxyCommand, deadlineMs: DurationMs): Promise<unknown>;
  /** Rejects all that is open, and every later call. */
  close(reason: string): void;
}

interface OpenCall {
  readonly name: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: PlimsollError) => void;
}

export function openControlChannel(child: ChildProcess, clock: Clock): ControlChannel {
  const calls = new Map<number, OpenCall>();
  let lastId = 0;
  let closed: string | undefined;

  child.on('message', (answer: ProxyAnswer) => {
    const open = calls.get(answer.id);
    calls.delete(answer.id);
    if (answer.status === 'done') open?.resolve(answer.value);
    else open?.reject(new PlimsollError(answer.code, answer.message, { remedy: answer.remedy }));
  });

  return {
    async call(command, deadlineMs) {
      if (closed !== undefined) throw gone(command.name, closed);
      const id = ++lastId;
      const answered = new AbortController();
      const answer = new Promise<unknown>((resolve, reject) => {
        calls.set(id, { name: command.name, resolve, reject });
        clock.sleep(deadlineMs, answered.signal).then(
          () => {
            reject(overdue(command.name, deadlineMs));
          },
          () => undefined, // it was answered
        );
        // A channel that is closed already has no answer either; the exit of the process closes the calls.
        child.send({ id, command } satisfies ProxyCall, () => undefined);
      });
      try {
        return await answer;
      } finally {
        calls.delete(id);
        answered.abort();
      }
    },
    close(reason) {
      closed ??= reason;
      for (const { name, reject } of calls.values()) reject(gone(name, closed));
    },
  };
}

function overdue(call: string, deadlineMs: DurationMs): PlimsollError {
  return new PlimsollError(
    'DEADLINE',
    `the fault proxy did not answer ${call} within ${formatDuration(deadlineMs)}`,
    { remedy: 'the machine may be overloaded: run it again with a lower load, or less beside it' },
  );
}

function gone(call: string, reason: string): PlimsollError {
  return new PlimsollError('NOT_READY', `the fault proxy could not be asked for ${call}: ${reason}`, {
    remedy: 'run it again',
  });
}
