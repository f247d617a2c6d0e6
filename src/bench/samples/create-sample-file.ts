import { Worker } from 'node:worker_threads';
import type { SampleSink } from '../sample-sink.js';
import { MEMBERSHIPS, SLICE_PHASES } from '../second.js';
import { buffersOf, createColumns, type SampleColumns } from './sample-columns.js';
import type { SamplesMessage, SamplesTask, SamplesWritten } from './samples-messages.js';

/** The file's name beside a result. */
export const SAMPLES_FILE = 'samples.parquet';
/** Rows of one group of the file. */
const GROUP_SIZE = 2 ** 16;
/** What may wait for the thread: some 100 MB. */
const MOST_WAITING_GROUPS = 64;

export type SampleFileEnd =
  | { readonly status: 'whole'; readonly samples: number }
  /** The file cannot be read: its footer was not written. */
  | { readonly status: 'failed'; readonly reason: string };

export interface SampleFile {
  readonly path: string;
  readonly sink: SampleSink;
  /** Resolves when everything is in the file, or cannot be. Never rejects; may be called again. */
  close(): Promise<SampleFileEnd>;
}

/** A sink that keeps each request in a Parquet file. Where writing fails it stops: the run goes on, and `close` tells. */
export function createSampleFile(path: string, runId: string): SampleFile {
  const task: SamplesTask = { path, runId };
  const worker = new Worker(new URL('./samples-worker.js', import.meta.url), { workerData: task });
  let columns: SampleColumns = createColumns(GROUP_SIZE);
  let count = 0;
  let samples = 0;
  let waiting = 0;
  let failure: string | undefined;
  let closing: Promise<SampleFileEnd> | undefined;

  const closed = new Promise<void>((resolve) => {
    const fail = (reason: string): void => {
      failure ??= reason;
      resolve();
    };
    worker.on('message', (message: SamplesWritten) => {
      if (message.kind === 'written') waiting -= 1;
      else if (message.kind === 'failed') fail(message.reason);
      else resolve();
    });
    worker.on('error', (error) => {
      fail(error.message);
    });
    worker.on('exit', () => {
      resolve();
    });
  });

  const post = (message: SamplesMessage, transfer: ArrayBuffer[] = []): void => {
    worker.postMessage(message, transfer);
  };

  const flush = (): void => {
    if (count === 0) return;
    waiting += 1;
    if (waiting > MOST_WAITING_GROUPS) failure ??= 'the disk did not keep up';
    else post({ kind: 'rows', columns: { ...columns, count } }, buffersOf(columns));
    columns = createColumns(GROUP_SIZE);
    count = 0;
  };

  const end = async (): Promise<SampleFileEnd> => {
    if (failure === undefined) {
      flush();
      post({ kind: 'close' });
      await closed;
    }
    await worker.terminate();
    return failure === undefined ? { status: 'whole', samples } : { status: 'failed', reason: failure };
  };

  return {
    path,
    sink: {
      endpoint(name) {
        if (failure === undefined && closing === undefined) post({ kind: 'endpoint', name });
      },
      sample(startMs, latencyUs, endpoint, result, phase, membership) {
        if (failure !== undefined || closing !== undefined) return;
        columns.startMs[count] = startMs;
        columns.latencyMs[count] = latencyUs / 1000;
        columns.endpoint[count] = endpoint;
        columns.result[count] = result;
        columns.phase[count] = SLICE_PHASES.indexOf(phase);
        columns.membership[count] = MEMBERSHIPS.indexOf(membership);
        count += 1;
        samples += 1;
        if (count === GROUP_SIZE) flush();
      },
    },
    close: () => (closing ??= end()),
  };
}
