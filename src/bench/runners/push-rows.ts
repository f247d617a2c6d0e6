import { PlimsollError } from '../../shared/errors.js';
import type { LoadReads } from '../load-reads.js';
import { startReader, type RowReader, type RowsEnd } from '../process/read-rows.js';
import type { RefusedRows } from '../process/row-messages.js';

/** Rows that come from elsewhere, read in a thread of their own. */
export interface PushedRows extends RowReader {
  push(bytes: Uint8Array): void;
  /** Nothing comes any more: the reading ends when all has been read. */
  end(): void;
  /** What is still to come will never come. */
  fail(why: RefusedRows): void;
}

const ROWS_WORKER = new URL('./pushed-rows-worker.js', import.meta.url);

/** Rejects with LOAD_FAILED where no thread can be started. */
export async function openPushedRows(reads: LoadReads): Promise<PushedRows> {
  const { worker, opened, follow, ended } = await startReader(ROWS_WORKER, { reads });
  if (!opened) {
    await worker.terminate();
    const end = await ended;
    throw new PlimsollError('LOAD_FAILED', end.status === 'failed' ? end.reason : 'the rows have ended', {
      remedy: 'run it again',
    });
  }
  let fail: PushedRows['fail'] = () => undefined;
  const failed = new Promise<RowsEnd>((resolve) => {
    fail = (why) => {
      resolve({ status: 'failed', ...why });
    };
  });
  return {
    follow,
    ended: Promise.race([ended, failed]),
    push: (bytes) => {
      worker.postMessage(bytes);
    },
    end: () => {
      worker.postMessage('end');
    },
    fail,
    writerIsGone: () => undefined, // end() says it
    close: async () => {
      await worker.terminate();
    },
  };
}
