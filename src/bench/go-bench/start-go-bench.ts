import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlimsollError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { ProcessExit } from '../../shared/spawn-process.js';
import type { Clock, EpochMs } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import type { BenchmarkReading } from '../benchmark.js';
import type { GoBenchLoad, LoadOutcome, RunningLoad, TapeWriter } from '../load-generator.js';
import type { LoadProcess } from '../process/launch-load.js';
import { makeFifo } from '../process/make-fifo.js';
import { readTail } from '../process/read-tail.js';
import { calledOff } from '../process/supervise-load.js';
import type { BenchEvent } from './bench-output.js';
import { type BenchmarkRecorder, createBenchmarkRecorder } from './benchmark-recorder.js';
import { benchCommand } from './go-commands.js';
import { goBenchOutcome, type GoBenchEnd } from './go-bench-outcome.js';
import { prepareGoBench, type GoBenchSite } from './prepare-go-bench.js';
import { runTestBinary } from './run-test-binary.js';

export interface GoBenchOptions extends GoBenchSite {
  readonly clock: Clock;
  readonly logger: Logger;
  /** For go-bench.txt, what the benchmarks print, and go-bench.log, their stderr. It exists when the load starts. */
  readonly logsFolder: string;
  readonly recorder: RunRecorder;
}

/** A benchmark alone is measured again and again in one process, so that its connections stay as they are. */
const WITHOUT_END = 1_000_000_000;
/** So many results that cannot be read, and none that can: no other will come. */
const MOST_UNREADABLE = 3;
/** Nothing is on the tape; what it waits for is the word that nothing is missing. */
const PROMISE_MS = 100;
/** How long benchmarks may take to clean up, once they were interrupted. */
const TEARDOWN_MS = 5_000;

/** Resolves when the first benchmark has begun; rejects with LOAD_FAILED when nothing is left running. */
export async function startGoBench(
  load: GoBenchLoad,
  tape: TapeWriter,
  signal: AbortSignal,
  options: GoBenchOptions,
): Promise<RunningLoad> {
  const isCalledOff = (): boolean => signal.aborted; // it may be so between any two lines
  if (isCalledOff()) throw calledOff(signal);
  const { clock, logger, temporaryFolder, logsFolder } = options;
  const fifo = join(temporaryFolder, 'go-bench-output');
  const logPath = join(logsFolder, 'go-bench.log');
  const { binary, folder, areSeveral } = await prepareGoBench(load, options, signal).catch(
    async (thrown: unknown) => {
      await rm(join(temporaryFolder, 'go-bench.test'), { force: true });
      throw isCalledOff() && !(thrown instanceof PlimsollError) ? calledOff(signal) : thrown;
    },
  );
  await makeFifo(fifo, signal);

  const kept = createWriteStream(join(logsFolder, 'go-bench.txt'), { flags: 'a' });
  kept.on('error', (error) => {
    logger.warn(`what the benchmarks print cannot be kept: ${error.message}`);
  });
  const command = benchCommand(binary, load, load.count ?? (areSeveral ? 1 : WITHOUT_END));
  const benchmarks = createBenchmarkRecorder();
  const listeners: ((reading: BenchmarkReading) => void)[] = [];
  const over = new AbortController();
  let asked: GoBenchEnd['asked'] = 'nothing';
  let current: LoadProcess | undefined;
  let failed: GoBenchEnd['failed'];
  let begin: (atMs: EpochMs) => void = () => undefined;
  const begun = new Promise<EpochMs>((resolve) => {
    begin = resolve;
  });

  const tell = (event: BenchEvent): void => {
    benchmarks.take(event);
    if (event.kind === 'begun') begin(event.atMs);
    if (event.kind === 'reading') for (const listener of listeners) listener(event.reading);
    if (isUnreadable(benchmarks)) current?.kill();
    // It would be measured again and again, and fail each time.
    if (event.kind === 'failed') {
      failed ??= event;
      current?.kill();
    }
  };
  const whenStillThere = (act: () => void): void => {
    clock.sleep(TEARDOWN_MS, over.signal).then(act, () => undefined); // it has ended in time
  };
  const interrupt = (): void => {
    if (asked === 'abort') current?.kill();
    else current?.interrupt();
  };
  const onAbort = (): void => {
    asked = 'abort';
    interrupt();
  };
  const runOnce = (): Promise<ProcessExit> =>
    runTestBinary({
      ...options,
      ...{ command, folder, env: load.env, fifo, logPath, tell },
      keep: (bytes) => kept.write(bytes),
      onStart: (process) => {
        current = process;
        if (asked !== 'nothing') interrupt();
      },
    });
  const conduct = async (): Promise<LoadOutcome> => {
    for (;;) {
      const before = benchmarks.readings;
      const exit = await runOnce();
      const lastReadings = benchmarks.readings - before;
      const goesOn = exit.status === 'exited' && exit.code === 0 && lastReadings > 0 && failed === undefined;
      if (goesOn && asked === 'nothing') continue;
      return goBenchOutcome({
        ...{ exit, asked, failed, lastReadings, logPath },
        endedAtMs: clock.nowMs(),
        unreadable: benchmarks.unreadable,
        benchmarks: benchmarks.log(),
        log: await readTail(logPath),
      });
    }
  };
  const finish = async (): Promise<LoadOutcome> => {
    try {
      return await conduct();
    } catch (thrown) {
      if (!(thrown instanceof PlimsollError)) throw thrown;
      const { message: reason, remedy } = thrown;
      return { status: 'failed', endedAtMs: clock.nowMs(), reason, remedy, benchmarks: benchmarks.log() };
    } finally {
      over.abort();
      signal.removeEventListener('abort', onAbort);
      tape.writtenUntil(clock.nowMs());
      await new Promise((resolve) => kept.end(resolve));
      for (const file of [fifo, binary]) await rm(file, { force: true });
    }
  };

  logger.debug(`starting ${command.join(' ')} in ${folder}`);
  signal.addEventListener('abort', onAbort, { once: true });
  if (isCalledOff()) onAbort();
  const finished = finish();
  void promiseTime(tape, clock, over.signal);
  const first = await Promise.race([begun, finished]);
  if (typeof first !== 'number') {
    if (isCalledOff()) throw calledOff(signal);
    throw first.status === 'failed'
      ? new PlimsollError('LOAD_FAILED', first.reason, { remedy: first.remedy })
      : new PlimsollError('LOAD_FAILED', 'the benchmarks ended before one of them began');
  }
  return {
    startedAtMs: first,
    finished,
    benchmarks: {
      log: benchmarks.log,
      onReading: (listener) => {
        listeners.push(listener);
      },
    },
    // What is under way reaches out of the last window, and would count nowhere: there is nothing to wait for.
    stop: () => {
      if (asked === 'nothing') {
        asked = 'stop';
        interrupt();
        whenStillThere(() => {
          logger.warn(
            `the benchmarks are still there ${formatDuration(TEARDOWN_MS)} after they were interrupted: they are killed`,
          );
          asked = 'kill';
          current?.kill();
        });
      }
      return finished;
    },
  };
}

/** What a benchmark prints itself stands between its name and its result, each time anew. */
function isUnreadable({ readings, unreadable }: BenchmarkRecorder): boolean {
  return readings === 0 && unreadable.count >= MOST_UNREADABLE;
}

/** A result is dated when it is read, so that all that was over by now has been told. */
async function promiseTime(tape: TapeWriter, clock: Clock, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    tape.writtenUntil(clock.nowMs());
    await clock.sleep(PROMISE_MS, over).catch(() => undefined); // they have ended
  }
}
