import { closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { CollectedSamples, OpenRequest } from './collected-samples.js';
import type { RefusedRows, RowsMessage, RowsTask, UnreadableRows } from './row-messages.js';

const RUN_AGAIN = 'run it again';

export type RowsEnd =
  | { readonly status: 'read'; readonly open: readonly OpenRequest[]; readonly unreadable: UnreadableRows }
  | ({ readonly status: 'failed' } & RefusedRows);

export interface RowReader {
  /** Tells what has come so far, and what comes. */
  follow(onRows: (rows: CollectedSamples) => void): void;
  /** Resolves when everything has been told, or the reading has failed. Never rejects. */
  readonly ended: Promise<RowsEnd>;
  /** Call it when the process is gone: the reading ends when the pipe is empty. */
  writerIsGone(): void;
  /** Ends the thread and removes the pipe, at any time. */
  close(): Promise<void>;
}

/**
 * Opens the pipe in a thread of its own. Rejects with LOAD_FAILED when nothing is left open.
 *
 * @param workerUrl the module of the thread, which calls serveRows()
 */
export async function readRows(task: RowsTask, workerUrl: URL): Promise<RowReader> {
  const { worker, opened, follow, ended } = await startReader(workerUrl, task);
  if (!opened) {
    await worker.terminate();
    await rm(task.fifo, { force: true });
    const end = await ended;
    throw new PlimsollError('LOAD_FAILED', end.status === 'failed' ? end.reason : 'the pipe has ended', {
      remedy: RUN_AGAIN,
    });
  }
  // Without a writer of our own the pipe would have ended before the process opens it.
  let ownWriter: number | undefined = openSync(task.fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  const writerIsGone = (): void => {
    if (ownWriter !== undefined) closeSync(ownWriter);
    ownWriter = undefined;
  };
  return {
    follow,
    ended,
    writerIsGone,
    close: async () => {
      writerIsGone();
      await worker.terminate();
      await rm(task.fifo, { force: true });
    },
  };
}

export interface ReaderThread extends Pick<RowReader, 'follow' | 'ended'> {
  readonly worker: Worker;
  /** False where the thread has ended before it could read anything. */
  readonly opened: boolean;
}

/** Starts a thread that reads rows, and waits until it does. */
export async function startReader(
  workerUrl: URL,
  workerData: RowsTask | Pick<RowsTask, 'reads'>,
): Promise<ReaderThread> {
  // Rows are garbage as soon as they are read. With the room that V8 takes by itself, the memory would depend on the load.
  const worker = new Worker(workerUrl, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 12 } });
  const early: CollectedSamples[] = [];
  let tell = (rows: CollectedSamples): void => {
    early.push(rows);
  };
  let tellOpen: () => void = () => undefined;
  const open = new Promise<'open'>((resolve) => {
    tellOpen = () => {
      resolve('open');
    };
  });
  const ended = new Promise<RowsEnd>((resolve) => {
    const fail = (how: string): void => {
      resolve({
        status: 'failed',
        reason: `the thread that reads the load's rows ${how}`,
        remedy: RUN_AGAIN,
      });
    };
    worker.on('message', (message: RowsMessage) => {
      switch (message.kind) {
        case 'open':
          tellOpen();
          break;
        case 'rows':
          tell(message.rows);
          break;
        case 'end':
          resolve({ status: 'read', open: message.open, unreadable: message.unreadable });
          break;
        case 'refused':
          resolve({ status: 'failed', reason: message.reason, remedy: message.remedy });
          break;
        default:
          message satisfies never;
      }
    });
    worker.on('error', (error) => {
      fail(`crashed: ${messageOf(error)}`);
    });
    worker.on('exit', (code) => {
      fail(`ended early, with code ${code}`);
    });
  });

  const opened = (await Promise.race([open, ended])) === 'open';
  return {
    worker,
    opened,
    follow: (onRows) => {
      tell = onRows;
      for (const rows of early.splice(0)) onRows(rows);
    },
    ended,
  };
}
