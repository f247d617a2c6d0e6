import { type FileHandle, open } from 'node:fs/promises';
import type { TapeSink } from '../tape-sink.js';
import { createFrameSink } from './create-frame-sink.js';
import { MAGIC } from './frame.js';

/** What waits for the disk at most: many minutes of any load. */
const MOST_WAITING_BYTES = 32 * 2 ** 20;

export type TapeFileEnd =
  | { readonly status: 'whole'; readonly bytes: number }
  /** The file ends somewhere before the end of the run. */
  | { readonly status: 'cut-short'; readonly reason: unknown };

export interface TapeFile {
  readonly path: string;
  readonly sink: TapeSink;
  /** Resolves when everything is on the disk, or cannot be. Never rejects; may be called again. */
  close(): Promise<TapeFileEnd>;
}

/**
 * A sink that writes a tape's file while the run goes on, one write after another, and waits for nothing. Where the
 * disk fails, or does not keep up, it stops: the run goes on, and `close` tells.
 */
export function createTapeFile(path: string, runId: string): TapeFile {
  let waiting: Buffer[] = [MAGIC];
  let waitingBytes = MAGIC.length;
  let bytes = 0;
  let failure: { readonly reason: unknown } | undefined;
  let closing: Promise<TapeFileEnd> | undefined;
  let writing = Promise.resolve();
  const opened = open(path, 'wx');

  const fail = (reason: unknown): void => {
    failure ??= { reason };
    waiting = [];
    waitingBytes = 0;
  };

  const writeWaiting = async (): Promise<void> => {
    try {
      const file = await opened;
      if (waiting.length === 0) return; // an earlier write took it along
      const batch = Buffer.concat(waiting);
      waiting = [];
      waitingBytes = 0;
      await file.appendFile(batch);
      bytes += batch.length;
    } catch (thrown) {
      fail(thrown);
    }
  };

  const take = (makeFrame: () => Buffer): void => {
    if (failure !== undefined || closing !== undefined) return;
    try {
      const frame = makeFrame();
      waiting.push(frame);
      waitingBytes += frame.length;
    } catch (thrown) {
      fail(thrown); // a number that no field can hold must not end the run
      return;
    }
    if (waitingBytes > MOST_WAITING_BYTES) fail(new Error('the disk did not keep up'));
    else writing = writing.then(writeWaiting);
  };

  const end = async (): Promise<TapeFileEnd> => {
    await writing;
    let file: FileHandle | undefined;
    try {
      file = await opened;
      if (failure === undefined) await file.datasync();
    } catch (thrown) {
      fail(thrown);
    }
    await file?.close().catch(fail);
    return failure === undefined ? { status: 'whole', bytes } : { status: 'cut-short', ...failure };
  };

  return {
    path,
    sink: createFrameSink(runId, take),
    close: () => (closing ??= end()),
  };
}
