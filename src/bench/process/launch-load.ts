import { open } from 'node:fs/promises';
import { PlimsollError } from '../../shared/errors.js';
import { processStartToken } from '../../shared/process-identity.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { ProcessExit } from '../../shared/spawn-process.js';
import { spawnProcess } from '../../shared/spawn-process.js';
import { killGroup, signalGroup } from './capture-output.js';

/** A load generator that is a process of its own. */
export interface LoadProcess {
  /** Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end, with SIGINT. */
  interrupt(): void;
  kill(): void;
  /** Ends what is left of its group when it is gone itself. */
  killRest(): void;
}

/** Starts a load in a process group of its own, and writes it down. Rejects with nothing left running. */
export async function launchLoad(options: {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it writes its rows; undefined where it is told a path, and its output goes to the log. */
  readonly stdout?: number;
  readonly logPath: string;
  readonly recorder: RunRecorder;
  /** For the journal. */
  readonly role: string;
  /** Who gets the SIGINT: k6 looks after its own children; a shell leaves the programs of its pipeline alone. */
  readonly interrupt: 'leader' | 'group';
  /** What to do where it cannot be started. */
  readonly remedy: string;
}): Promise<LoadProcess> {
  const { command, cwd, env, stdout, logPath, recorder, role, interrupt, remedy } = options;
  const log = await open(logPath, 'a');
  try {
    const output = { fd: log.fd };
    const started = await spawnProcess({
      command,
      ...(cwd === undefined ? {} : { cwd }),
      env,
      group: true,
      stdout: stdout === undefined ? output : { fd: stdout },
      stderr: output,
    });
    if (started.status === 'not-started') {
      throw new PlimsollError(
        'LOAD_FAILED',
        `${command[0] ?? role} could not be started: ${started.reason}`,
        { remedy },
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
        await recorder.processStarted({ pid, startToken, role, group: true });
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
        if (gone) return;
        if (interrupt === 'leader') started.process.child.kill('SIGINT');
        else signalGroup(pid, 'SIGINT');
      },
      kill: () => {
        if (!gone) killGroup(pid);
      },
      // A group keeps its number for as long as it has a member.
      killRest: () => {
        killGroup(pid);
      },
    };
  } finally {
    await log.close();
  }
}
