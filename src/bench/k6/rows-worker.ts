/** The thread in which the rows of k6 are read: what the main thread does cannot hold k6 up. */
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { createSampleCollector } from './collect-samples.js';
import { rebaseOpen, rebaseSamples } from './rebase-samples.js';
import type { RowsMessage, RowsTask } from './row-messages.js';
import { createRowScanner } from './scan-rows.js';

const HAND_OVER_MS = 100;

const port = parentPort;
if (port === null) throw new Error('rows-worker is a thread of the k6 generator, not a program');
const { fifo, offsetMs } = workerData as RowsTask;

const collector = createSampleCollector();
const scanner = createRowScanner((row) => {
  collector.take(row);
});
let toldUntilMs = 0;

// Not blocking: an open that waits for a writer which never comes could not be called off.
const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
const pipe = new Socket({ fd, readable: true, writable: false });
pipe.on('data', (bytes: Buffer) => {
  scanner.push(bytes);
});
const handingOver = setInterval(handOver, HAND_OVER_MS);
pipe.on('end', () => {
  clearInterval(handingOver);
  handOver();
  tell({ kind: 'end', open: rebaseOpen(collector.open(), offsetMs), unreadable: scanner.unreadable });
});
pipe.on('error', (error) => {
  throw error; // reaches the main thread as the error of this one
});
tell({ kind: 'open' });

function handOver(): void {
  const collected = collector.collect();
  // Each row moves the latest time, unless it is one that came late.
  if (collected.latestMs === toldUntilMs && collected.count === 0 && collected.dropped.length === 0) return;
  toldUntilMs = collected.latestMs;
  const rows = rebaseSamples(collected, offsetMs);
  tell({ kind: 'rows', rows }, [
    rows.startMs.buffer,
    rows.latencyUs.buffer,
    rows.endpoint.buffer,
    rows.result.buffer,
  ] as ArrayBuffer[]);
}

function tell(message: RowsMessage, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
