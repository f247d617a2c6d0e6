/** The thread that reads k6's rows, held up once: for as long as HOLD_MS says, from the first rows of the load on. */
import { workerData } from 'node:worker_threads';
import { createK6Rows } from '../../../src/bench/k6/k6-rows.js';
import type { RowsTask } from '../../../src/bench/process/row-messages.js';
import { serveRows } from '../../../src/bench/process/serve-rows.js';

const HOLD_MS = 10_000;

const task = workerData as RowsTask;
const source = createK6Rows(task.reads);
let hasBeenHeld = false;
serveRows(task, {
  ...source,
  push: (bytes) => {
    source.push(bytes);
    if (hasBeenHeld || !Buffer.from(bytes).includes('"http_reqs"')) return;
    hasBeenHeld = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HOLD_MS);
  },
});
