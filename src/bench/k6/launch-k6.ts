import { open } from 'node:fs/promises';
import { PlimsollError } from '../../shared/errors.js';
import { processStartToken } from '../../shared/process-identity.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { ProcessExit } from '../../shared/spawn-process.js';
import { spawnProcess } from '../../shared/spawn-process.js';
import { killGroup } from './capture-output.js';

export interface K6Process {
  /** Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** k6 cuts what is under way, runs teardown(), writes what it has measured, and ends. */
  interrupt(): void;
  kill(): void;
}

/** Starts k6 in a process group of its own, and writes it down. Rejects with nothing left running. */
export async function launchK6(options: {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logPath: string;
  readonly recorder: RunRecorder;
}): Promise<K6Process> {
  const { command, env, logPath, recorder } = options;
  const log = await open(logPath, 'a');
  try {
    const output = { fd: log.fd };
    const started = await spawnProcess({ command, env, group: true, stdout: output, stderr: output });
    if (started.status === 'not-started') {
      throw new PlimsollError(
        'LOAD_FAILED',
        `${command[0] ?? 'k6'} could not be started: ${started.reason}`,
        {
          remedy: '`plimsoll doctor` says which k6 is used, and whether it works',
        },
      );
    }
    const { pid, exited } = started.process;
    let gone = false;
    const whenGone = exited.then((exit) => {
      gone = true;
      return exit;
    });
    try {
      const startToken = await processStartToken(pid);
      // Without a token it is gone already, and there is nothing to find again.
      if (startToken !== undefined) {
        await recorder.processStarted({ pid, startToken, role: 'k6', group: true });
      }
    } catch (thrown) {
      killGroup(pid);
      await whenGone;
      throw thrown;
    }
    return {
      exited: whenGone,
      // A pid that is free again may be another's: no signal once the end is known.
      interrupt: () => {
        if (!gone) started.process.child.kill('SIGINT');
      },
      kill: () => {
        if (!gone) killGroup(pid);
      },
    };
  } finally {
    await log.close();
  }
}
