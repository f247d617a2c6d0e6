/** The thread in which the rows of k6 are read. */
import { workerData } from 'node:worker_threads';
import type { RowsTask } from '../process/row-messages.js';
import { serveRows } from '../process/serve-rows.js';
import { createK6Rows } from './k6-rows.js';

const task = workerData as RowsTask;
serveRows(task, createK6Rows(task.reads));
