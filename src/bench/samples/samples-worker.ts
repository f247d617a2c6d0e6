import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../shared/errors.js';
import type { SamplesMessage, SamplesTask, SamplesWritten } from './samples-messages.js';
import { SAMPLE_COLUMNS, toParquetColumns } from './sample-columns.js';
import { createParquetFile } from './write-parquet.js';

/** The thread that writes samples.parquet, so that compressing takes no time from the load. */
const { path, runId } = workerData as SamplesTask;
const endpoints: string[] = [];
const tell = (message: SamplesWritten): void => {
  parentPort?.postMessage(message);
};

try {
  const file = createParquetFile(path, SAMPLE_COLUMNS, { 'plimsoll.dev/run': runId });
  parentPort?.on('message', (message: SamplesMessage) => {
    try {
      switch (message.kind) {
        case 'endpoint':
          endpoints.push(message.name);
          break;
        case 'rows':
          file.append(toParquetColumns(message.columns, endpoints));
          tell({ kind: 'written' });
          break;
        case 'close':
          file.close();
          tell({ kind: 'closed' });
          parentPort?.close();
      }
    } catch (thrown) {
      tell({ kind: 'failed', reason: messageOf(thrown) });
      parentPort?.close();
    }
  });
} catch (thrown) {
  tell({ kind: 'failed', reason: messageOf(thrown) });
  parentPort?.close();
}
