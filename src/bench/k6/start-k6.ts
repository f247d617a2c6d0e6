import { join } from 'node:path';
import type { Logger } from '../../shared/logger.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { Clock } from '../../shared/time.js';
import type { PlannedLoad, RunningLoad, TapeWriter } from '../load-generator.js';
import { createTapeFeed } from './feed-tape.js';
import type { K6Binary } from './find-k6.js';
import { k6Environment, runCommand } from './k6-command.js';
import { launchK6 } from './launch-k6.js';
import { makeFifo } from './make-fifo.js';
import { readRows } from './read-rows.js';
import { calledOff, superviseK6 } from './supervise-k6.js';
import { writeModules } from './write-modules.js';

export interface K6Options {
  readonly binary: K6Binary;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly runId: string;
  /** The run's private folder. It exists when the load starts. */
  readonly temporaryFolder: string;
  /** For k6.log. It exists when the load starts. */
  readonly logsFolder: string;
  readonly recorder: RunRecorder;
}

export async function startK6(
  load: PlannedLoad,
  tape: TapeWriter,
  signal: AbortSignal,
  { binary, clock, logger, runId, temporaryFolder, logsFolder, recorder }: K6Options,
): Promise<RunningLoad> {
  if (signal.aborted) throw calledOff(signal);
  const fifo = join(temporaryFolder, 'k6-rows');
  const logPath = join(logsFolder, 'k6.log');
  const wrapper = await writeModules(load, temporaryFolder);
  await makeFifo(fifo, signal);
  const reader = await readRows({ fifo, offsetMs: clock.wallMs() - clock.nowMs() });
  try {
    const command = runCommand(binary, wrapper, fifo);
    logger.debug(`starting ${command.join(' ')}`);
    const k6 = await launchK6({
      command,
      env: k6Environment(load, runId),
      logPath,
      recorder,
    });
    const feed = createTapeFeed(tape, clock);
    return await superviseK6({ k6, reader, feed, clock, logger, logPath }, signal);
  } catch (thrown) {
    await reader.close();
    throw thrown;
  }
}
