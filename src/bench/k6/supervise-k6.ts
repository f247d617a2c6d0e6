import { PlimsollError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock, DurationMs, EpochMs } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import type { LoadOutcome, RunningLoad } from '../load-generator.js';
import type { CollectedSamples } from './collect-samples.js';
import type { TapeFeed } from './feed-tape.js';
import { ORDER_SLACK_MS } from './feed-tape.js';
import type { K6End } from './k6-outcome.js';
import { k6Outcome } from './k6-outcome.js';
import { readLastWords } from './last-words.js';
import type { K6Process } from './launch-k6.js';
import type { RowReader, RowsEnd } from './read-rows.js';

/** How long k6 may take for teardown() and for writing what it has measured, once it was interrupted. */
const TEARDOWN_MS = 10_000;
/** How long the rows that are still in the pipe may take, once k6 is gone. */
const DRAIN_MS = 10_000;

export interface K6Parts {
  readonly k6: K6Process;
  readonly reader: RowReader;
  readonly feed: TapeFeed;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logPath: string;
}

/**
 * Looks after a k6 that has been started, to its end. Resolves once requests are being sent; rejects with LOAD_FAILED
 * when k6 is gone before.
 */
export async function superviseK6(parts: K6Parts, signal: AbortSignal): Promise<RunningLoad> {
  const { k6, reader, feed, clock, logger, logPath } = parts;
  const over = new AbortController();
  let asked: K6End['asked'] = 'nothing';
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
    if (stopAtMs !== undefined && latestMs - ORDER_SLACK_MS > stopAtMs && oldestOpenMs > stopAtMs)
      interrupt();
  };

  /** k6 cuts its requests when it is interrupted. */
  const interrupt = (): void => {
    if (interruptedAtMs !== undefined || over.signal.aborted) return;
    interruptedAtMs = clock.nowMs();
    feed.holdAt(interruptedAtMs);
    k6.interrupt();
    whenStillThereAfter(TEARDOWN_MS, () => {
      logger.warn(`k6 is still there ${formatDuration(TEARDOWN_MS)} after it was interrupted: it is killed`);
      asked = 'kill';
      k6.kill();
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
    k6.kill();
  };

  const finish = async (): Promise<LoadOutcome> => {
    const exit = await k6.exited;
    const exitedAtMs = clock.nowMs();
    over.abort();
    signal.removeEventListener('abort', onAbort);
    reader.writerIsGone();
    const rows = await endOfRows(reader, clock);
    if (rows.status === 'read') {
      // What k6 sent after the stop was asked for and cut itself is no failure of the service.
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
      return { status: 'failed', endedAtMs, reason: rows.reason, remedy: 'run it again' };
    }
    return k6Outcome({
      exit,
      asked,
      endedAtMs,
      requests: feed.requests(),
      unreadable: rows.unreadable,
      late: feed.late(),
      lastWords: await readLastWords(logPath),
      logPath,
    });
  };

  // Nothing that was measured would reach the tape any more.
  void reader.ended.then(({ status }) => {
    if (status === 'failed') k6.kill();
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const finished = finish();

  reader.follow(onRows);

  const first = await Promise.race([readyAt, finished]);
  const startedAtMs = typeof first === 'number' ? first : readyAtMs;
  if (startedAtMs !== undefined) return { startedAtMs, finished, stop };
  if (signal.aborted) throw calledOff(signal);
  const outcome = await finished;
  throw outcome.status === 'failed'
    ? new PlimsollError('LOAD_FAILED', outcome.reason, { remedy: outcome.remedy })
    : new PlimsollError('LOAD_FAILED', 'k6 ended before it had sent anything', {
        remedy: `look at the script's options; what k6 said is in ${logPath}`,
      });
}

export function calledOff(signal: AbortSignal): PlimsollError {
  return new PlimsollError('LOAD_FAILED', 'the load was called off before it started', {
    cause: signal.reason,
  });
}

/** Waits until the pipe is empty; not for ever, should somebody hold it open or the reading thread hang. */
async function endOfRows(reader: RowReader, clock: Clock): Promise<RowsEnd> {
  const inTime = new AbortController();
  const overdue = clock.sleep(DRAIN_MS, inTime.signal).then(
    (): RowsEnd => ({
      status: 'failed',
      reason: `what k6 had measured could not be read within ${formatDuration(DRAIN_MS)} after its end`,
    }),
    () => reader.ended,
  );
  const rows = await Promise.race([reader.ended, overdue]);
  inTime.abort();
  return rows;
}
