import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../shared/logger.js';
import { runMarker } from '../../shared/run-marker.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { Clock } from '../../shared/time.js';
import type { CommandLoad, RunningLoad, TapeWriter } from '../load-generator.js';
import { READS_NOTHING } from '../load-reads.js';
import { createTapeFeed } from '../process/feed-tape.js';
import { launchLoad, type LoadProcess } from '../process/launch-load.js';
import { makeFifo } from '../process/make-fifo.js';
import { readRows } from '../process/read-rows.js';
import { readTail } from '../process/read-tail.js';
import { calledOff, superviseLoad } from '../process/supervise-load.js';
import { commandOutcome } from './command-outcome.js';
import type { CommandRowsTask } from './command-rows-task.js';

const ROWS_WORKER = new URL('./command-rows-worker.js', import.meta.url);
const REMEDY = 'correct load.command in the experiment';

export interface CommandOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly runId: string;
  /** The run's private folder. It exists when the load starts. */
  readonly temporaryFolder: string;
  /** For load-command.log, what the command prints to stderr. It exists when the load starts. */
  readonly logsFolder: string;
  readonly recorder: RunRecorder;
  /** Where programs are looked for: the PATH. */
  readonly searchPath: string;
}

export async function startCommand(
  load: CommandLoad,
  tape: TapeWriter,
  signal: AbortSignal,
  options: CommandOptions,
): Promise<RunningLoad> {
  if (signal.aborted) throw calledOff(signal);
  const { clock, logger, temporaryFolder, logsFolder } = options;
  const fifo = join(temporaryFolder, 'command-rows');
  const logPath = join(logsFolder, 'load-command.log');
  const startedMs = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  await makeFifo(fifo, signal);
  const task: CommandRowsTask = {
    fifo,
    offsetMs: clock.wallMs() - clock.nowMs(),
    reads: load.reads ?? READS_NOTHING,
    format: load.format,
    maxDurationMs: load.maxDurationMs,
    startedMs,
  };
  const reader = await readRows(task, ROWS_WORKER);
  try {
    new Float64Array(startedMs)[0] = clock.wallMs();
    logger.debug(`starting ${load.command.join(' ')}`);
    const command = await launch(load, fifo, logPath, options);
    return await superviseLoad(
      {
        name: 'the command',
        process: command,
        reader,
        feed: createTapeFeed(tape, clock),
        clock,
        logger,
        // It tells of a request at its end alone.
        tellsOpenRequests: false,
        outcomeOf: async (end) => commandOutcome({ ...end, log: await readTail(logPath), logPath }),
        remedy: `let the command print a row as soon as a request has ended; what it printed to stderr is in ${logPath}`,
      },
      signal,
    );
  } catch (thrown) {
    await reader.close();
    throw thrown;
  }
}

/** Starts the command with the pipe as its stdout. */
async function launch(
  load: CommandLoad,
  fifo: string,
  logPath: string,
  { recorder, runId }: CommandOptions,
): Promise<LoadProcess> {
  // There is a reader, so that this does not wait; and it blocks the writer when it is full, as pipes do.
  const stdout = await open(fifo, 'w');
  try {
    return await launchLoad({
      command: load.command,
      cwd: load.cwd,
      env: { ...load.env, ...runMarker(runId) },
      stdout: stdout.fd,
      logPath,
      recorder,
      role: 'load command',
      interrupt: 'group',
      remedy: REMEDY,
    });
  } finally {
    await stdout.close();
  }
}
