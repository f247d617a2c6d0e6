import { join } from 'node:path';
import type { Logger } from '../../shared/logger.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { Clock } from '../../shared/time.js';
import type { RunningLoad, TapeWriter } from '../load-generator.js';
import { READS_NOTHING } from '../load-reads.js';
import { createTapeFeed } from '../process/feed-tape.js';
import { launchLoad } from '../process/launch-load.js';
import { makeFifo } from '../process/make-fifo.js';
import { readRows } from '../process/read-rows.js';
import { calledOff, superviseLoad } from '../process/supervise-load.js';
import type { K6Binary } from './find-k6.js';
import { k6Environment, runCommand } from './k6-command.js';
import { k6Outcome } from './k6-outcome.js';
import { readLastWords } from './last-words.js';
import { writeModules } from './write-modules.js';
import type { K6Load } from './k6-load.js';

const ROWS_WORKER = new URL('./rows-worker.js', import.meta.url);

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
  /** The module of the thread that reads the rows, in place of the one that does; for tests. */
  readonly rowsWorker?: URL;
}

export async function startK6(
  load: K6Load,
  tape: TapeWriter,
  signal: AbortSignal,
  { binary, clock, logger, runId, temporaryFolder, logsFolder, recorder, rowsWorker }: K6Options,
): Promise<RunningLoad> {
  if (signal.aborted) throw calledOff(signal);
  const fifo = join(temporaryFolder, 'k6-rows');
  const logPath = join(logsFolder, 'k6.log');
  const wrapper = await writeModules(load, temporaryFolder, binary);
  await makeFifo(fifo, signal);
  const reads = load.reads ?? READS_NOTHING;
  const reader = await readRows(
    { fifo, offsetMs: clock.wallMs() - clock.nowMs(), reads },
    rowsWorker ?? ROWS_WORKER,
  );
  try {
    const command = runCommand(binary, wrapper, fifo, reads);
    logger.debug(`starting ${command.join(' ')}`);
    const k6 = await launchLoad({
      command,
      env: k6Environment(load, runId),
      logPath,
      recorder,
      role: 'k6',
      interrupt: 'leader',
      remedy: '`plimsoll doctor` says which k6 is used, and whether it works',
    });
    const feed = createTapeFeed(tape, clock);
    return await superviseLoad(
      {
        name: 'k6',
        process: k6,
        reader,
        feed,
        clock,
        logger,
        tellsOpenRequests: true,
        outcomeOf: async (end) => k6Outcome({ ...end, lastWords: await readLastWords(logPath), logPath }),
        remedy: `look at the script's options; what k6 said is in ${logPath}`,
      },
      signal,
    );
  } catch (thrown) {
    await reader.close();
    throw thrown;
  }
}
