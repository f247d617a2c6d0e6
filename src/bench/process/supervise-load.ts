import { PlimsollError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { ProcessExit } from '../../shared/spawn-process.js';
import type { Clock, DurationMs, EpochMs } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import type { LoadOutcome, RunningLoad } from '../load-generator.js';
import type { CollectedSamples } from './collected-samples.js';
import type { TapeFeed } from './feed-tape.js';
import { ORDER_SLACK_MS } from './feed-tape.js';
import type { LoadProcess } from './launch-load.js';
import type { RowReader, RowsEnd } from './read-rows.js';
import type { UnreadableRows } from './row-messages.js';

/** How long a load may take to clean up and to write what it has measured, once it was interrupted. */
const TEARDOWN_MS = 10_000;
/** How long the rows that are still in the pipe may take, once the process is gone. */
const DRAIN_MS = 10_000;

/** All that is known about a load process that is gone. */
export interface LoadEnd {
  readonly exit: ProcessExit;
  /**
   * What was asked for before it ended. `kill`: it did not end in time after a stop. `abort`: the run was called off.
   */
  readonly asked: 'nothing' | 'stop' | 'kill' | 'abort';
  readonly endedAtMs: EpochMs;
  readonly requests: number;
  readonly unreadable: UnreadableRows;
  /** Samples that came after the tape was said to be complete up to their time. */
  readonly late: number;
}

export interface SupervisedLoad {
  /** `k6`, `the command`. */
  readonly name: string;
  readonly process: LoadProcess;
  readonly reader: RowReader;
  readonly feed: TapeFeed;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether its rows tell which requests are under way: then nobody waits for longer than these take. */
  readonly tellsOpenRequests: boolean;
  /** What its end means. */
  readonly outcomeOf: (end: LoadEnd) => Promise<LoadOutcome>;
  /** What to look at where it tells of no request. */
  readonly remedy: string;
}

/**
 * Looks after a load process that has been started, to its end. Resolves once requests are being sent; rejects with LOAD_FAILED
 * when the process is gone before.
 */
export async function superviseLoad(parts: SupervisedLoad, signal: AbortSignal): Promise<RunningLoad> {
  const { name, process: load, reader, feed, clock, logger } = parts;
  const over = new AbortController();
  let asked: LoadEnd['asked'] = 'nothing';
  let stopAtMs: EpochMs | undefined;
  let interruptedAtMs: EpochMs | undefined;
  let ready: (atMs: EpochMs) => void = () => undefined;
  let readyAtMs: EpochMs | undefined;
  const readyAt = new Promise<EpochMs>((resolve) => {
    ready = resolve;
  });

  const onRows = (rows: CollectedSamples): void => {
    feed.write(rows);
    const { readyAtMs: toldAtMs, latestMs, oldestOpenMs = Infinity } = rows;
    if (toldAtMs !== undefined && readyAtMs === undefined) {
      readyAtMs = toldAtMs;
      ready(toldAtMs);
    }
    // Everything that was under way when the stop was asked for has ended.
    if (!parts.tellsOpenRequests) return;
    if (stopAtMs !== undefined && latestMs - ORDER_SLACK_MS > stopAtMs && oldestOpenMs > stopAtMs)
      interrupt();
  };

  /** What is interrupted cuts its requests. */
  const interrupt = (): void => {
    if (interruptedAtMs !== undefined || over.signal.aborted) return;
    interruptedAtMs = clock.nowMs();
    feed.holdAt(interruptedAtMs);
    load.interrupt();
    whenStillThereAfter(TEARDOWN_MS, () => {
      logger.warn(
        `${name} is still there ${formatDuration(TEARDOWN_MS)} after it was interrupted: it is killed`,
      );
      asked = 'kill';
      load.kill();
    });
  };

  const whenStillThereAfter = (ms: DurationMs, act: () => void): void => {
    clock.sleep(ms, over.signal).then(act, () => undefined); // it has ended in time
  };

  const stop = (graceMs: DurationMs): Promise<LoadOutcome> => {
    if (over.signal.aborted) return finished;
    if (asked === 'nothing') asked = 'stop';
    stopAtMs ??= clock.nowMs();
    if (graceMs > 0) whenStillThereAfter(graceMs, interrupt);
    else interrupt();
    return finished;
  };

  const onAbort = (): void => {
    asked = 'abort';
    load.kill();
  };

  const finish = async (): Promise<LoadOutcome> => {
    const exit = await load.exited;
    const exitedAtMs = clock.nowMs();
    over.abort();
    signal.removeEventListener('abort', onAbort);
    reader.writerIsGone();
    const rows = await endOfRows(parts);
    // Somebody may hold the pipe open: a program of a pipeline whose shell is gone.
    if (rows.status === 'failed') load.killRest();
    if (rows.status === 'read') {
      // What was sent after the stop was asked for and cut itself is no failure of the service.
      const asUsual = stopAtMs ?? Infinity;
      feed.giveUp(
        rows.open.filter(({ sentAtMs }) => sentAtMs <= asUsual),
        interruptedAtMs ?? exitedAtMs,
      );
    }
    const endedAtMs = interruptedAtMs ?? exitedAtMs;
    feed.end(clock.nowMs());
    await reader.close();
    if (rows.status === 'failed') {
      return { status: 'failed', endedAtMs, reason: rows.reason, remedy: rows.remedy };
    }
    return await parts.outcomeOf({
      exit,
      asked,
      endedAtMs,
      requests: feed.requests(),
      unreadable: rows.unreadable,
      late: feed.late(),
    });
  };

  // Nothing that was measured would reach the tape any more.
  void reader.ended.then(({ status }) => {
    if (status === 'failed') load.kill();
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const finished = finish();

  reader.follow(onRows);

  const first = await Promise.race([readyAt, finished]);
  const startedAtMs = typeof first === 'number' ? first : readyAtMs;
  if (startedAtMs !== undefined) return { startedAtMs, finished, stop };
  if (signal.aborted) throw calledOffWaiting(parts, signal);
  const outcome = await finished;
  throw outcome.status === 'failed'
    ? new PlimsollError('LOAD_FAILED', outcome.reason, { remedy: outcome.remedy })
    : new PlimsollError('LOAD_FAILED', `${name} ended before it had sent anything`, {
        remedy: parts.remedy,
      });
}

export function calledOff(signal: AbortSignal): PlimsollError {
  return new PlimsollError('LOAD_FAILED', 'the load was called off before it started', {
    cause: signal.reason,
  });
}

/** Called off while it was waited for: where that was for too long, it is the load that is to be looked at. */
function calledOffWaiting({ name, remedy }: SupervisedLoad, signal: AbortSignal): PlimsollError {
  const reason: unknown = signal.reason;
  if (!(reason instanceof PlimsollError) || reason.code !== 'DEADLINE') return calledOff(signal);
  return new PlimsollError('LOAD_FAILED', `${reason.message}: ${name} has told of no request yet`, {
    cause: reason,
    remedy,
  });
}

/** Waits until the pipe is empty; not for ever, should somebody hold it open or the reading thread hang. */
async function endOfRows({ name, reader, clock }: SupervisedLoad): Promise<RowsEnd> {
  const inTime = new AbortController();
  const overdue = clock.sleep(DRAIN_MS, inTime.signal).then(
    (): RowsEnd => ({
      status: 'failed',
      reason: `what ${name} had measured could not be read within ${formatDuration(DRAIN_MS)} after its end`,
      remedy: 'run it again',
    }),
    () => reader.ended,
  );
  const rows = await Promise.race([reader.ended, overdue]);
  inTime.abort();
  return rows;
}
