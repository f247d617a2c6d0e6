import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';
import type { DurationMs } from '../../shared/time.js';
import type { CollectedSamples, OpenRequest } from './collected-samples.js';
import { rebaseOpen, rebaseSamples } from './rebase-samples.js';
import type { RefusedRows, RowsMessage, RowsTask, UnreadableRows } from './row-messages.js';

/** k6 writes every 100 ms, and every 200 ms where it writes JSON; what comes on top is the lag of the live view. */
const HAND_OVER_MS = 50;
/** What Linux holds in a pipe. */
const FULL_BYTES = 64 * 1024;
const LONGEST_PAUSE_MS = 5;
const SHORTEST_PAUSE_MS = 1;

/** What makes samples of the bytes that a process writes. Times are the process's own. */
export interface RowSource {
  /** Takes the next bytes, cut anywhere. */
  push(bytes: Uint8Array): void;
  /** Nothing comes any more. */
  end(): void;
  collect(): CollectedSamples;
  open(): readonly OpenRequest[];
  unreadable(): UnreadableRows;
  /** Set once the rows cannot be read as samples at all. */
  refused(): RefusedRows | undefined;
}

/** What a reading thread does: what the main thread does meanwhile cannot hold the process up. */
export function serveRows({ fifo, offsetMs }: RowsTask, source: RowSource): void {
  const teller = tellRows(source, offsetMs);
  // Not blocking: an open that waits for a writer which never comes could not be called off.
  const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false });
  const pacer = paceReading(pipe);
  pipe.on('data', (bytes) => {
    teller.push(bytes);
    pacer.read(bytes.length);
  });
  pipe.on('end', teller.end);
  pipe.on('error', (error) => {
    throw error; // reaches the main thread as the error of this one
  });
  teller.opened();
}

/**
 * A program that writes four kilobytes at a time would wake this thread for each of them. So it looks at the pipe every few
 * milliseconds, and more often where it found it full.
 */
function paceReading(pipe: Socket): { read(bytes: number): void } {
  let pauseMs = LONGEST_PAUSE_MS;
  let isFirst = true;
  const resume = (): void => {
    isFirst = true;
    pipe.resume();
  };
  return {
    read(bytes) {
      if (isFirst) pauseMs = bytes >= FULL_BYTES ? pauseMs / 2 : Math.min(LONGEST_PAUSE_MS, pauseMs + 1);
      isFirst = false;
      // What fills the pipe as fast as it is read must not wait.
      if (bytes >= FULL_BYTES || pauseMs < SHORTEST_PAUSE_MS) return;
      pipe.pause();
      setTimeout(resume, pauseMs);
    },
  };
}

/** The same for rows that the main thread hands over. Their times stay those of the process. */
export function servePushedRows(source: RowSource): void {
  const teller = tellRows(source, 0);
  parentPort?.on('message', (bytes: Uint8Array | 'end') => {
    if (bytes === 'end') teller.end();
    else teller.push(bytes);
  });
  teller.opened();
}

interface RowTeller {
  readonly opened: () => void;
  readonly push: (bytes: Uint8Array) => void;
  readonly end: () => void;
}

/** Makes samples of bytes, and hands them over every HAND_OVER_MS. */
function tellRows(source: RowSource, offsetMs: DurationMs): RowTeller {
  const port = parentPort;
  if (port === null) throw new Error('rows are read in a thread of a load generator, not in a program');
  let toldUntilMs = 0;
  let isRefused = false;
  const tell = (message: RowsMessage, transfer: readonly ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer);
  };
  const handOver = (): void => {
    const collected = source.collect();
    if (collected.latestMs === toldUntilMs && isEmpty(collected)) return;
    toldUntilMs = collected.latestMs;
    const rows = rebaseSamples(collected, offsetMs);
    const { count, startMs, endMs, value, series } = rows.metrics;
    const columns = [rows.startMs, rows.latencyUs, rows.endpoint, rows.result];
    // To hand a buffer over costs more than to copy an empty one.
    if (count > 0) columns.push(startMs, endMs, value, series);
    tell({ kind: 'rows', rows }, columns.map(({ buffer }) => buffer) as ArrayBuffer[]);
  };
  const tellRefusal = (): void => {
    const refused = source.refused();
    if (refused === undefined || isRefused) return;
    isRefused = true;
    handOver();
    tell({ kind: 'refused', ...refused });
  };
  const handingOver = setInterval(handOver, HAND_OVER_MS);
  return {
    opened: () => {
      tell({ kind: 'open' });
    },
    push: (bytes) => {
      // What comes after a refusal is thrown away, so that the process is not held up until it is ended.
      if (isRefused) return;
      source.push(bytes);
      tellRefusal();
    },
    end: () => {
      clearInterval(handingOver);
      if (!isRefused) source.end();
      tellRefusal();
      handOver();
      tell({ kind: 'end', open: rebaseOpen(source.open(), offsetMs), unreadable: source.unreadable() });
    },
  };
}

/** Whether nothing is lost where this is not handed on. What a metric is can come in ahead of its first sample. */
function isEmpty({ count, dropped, metrics, newEndpoints, newMetrics }: CollectedSamples): boolean {
  return [count, dropped.length, metrics.count, newEndpoints.length, newMetrics.length].every(
    (length) => length === 0,
  );
}
