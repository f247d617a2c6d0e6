/** The thread in which the rows of a k6 elsewhere are read. */
import { workerData } from 'node:worker_threads';
import { createK6Rows } from '../k6/k6-rows.js';
import type { RowsTask } from '../process/row-messages.js';
import { servePushedRows } from '../process/serve-rows.js';

const { reads } = workerData as Pick<RowsTask, 'reads'>;
servePushedRows(createK6Rows(reads));
