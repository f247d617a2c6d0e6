/** The thread in which the rows of a load command are read. */
import { workerData } from 'node:worker_threads';
import { createK6Rows } from '../k6/k6-rows.js';
import { serveRows } from '../process/serve-rows.js';
import type { CommandRowsTask } from './command-rows-task.js';
import { createTextRows } from './text-rows.js';

const task = workerData as CommandRowsTask;
const { format, maxDurationMs } = task;
const startedMs = new Float64Array(task.startedMs);

serveRows(
  task,
  format.kind === 'k6-json'
    ? createK6Rows(task.reads)
    : createTextRows(format, () => ({ startedMs: startedMs[0] ?? 0, maxDurationMs })),
);
