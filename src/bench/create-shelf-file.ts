import { readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { messageOf, PlimsollError } from '../shared/errors.js';
import type { Place, Shelf } from './shelf.js';

/** The name of the file in a run's folder, for the moment in which it has one. */
export const SHELF_FILE = 'shelf.tmp';

export interface ShelfFile {
  readonly shelf: Shelf;
  /** Nothing can be taken from the shelf any more. Never rejects; may be called again. */
  close(): Promise<void>;
}

/**
 * A shelf in a file, so that a long run keeps its seconds out of memory. The file loses its name as soon as it is open,
 * so that no end of the process leaves it behind. Where the disk takes no more, what is put there stays in memory.
 */
export function createShelfFile(path: string): ShelfFile {
  let waiting: Place[] = [];
  let bytes = 0;
  let file: FileHandle | undefined;
  let isWritable = true;
  let writing = Promise.resolve();
  let closing: Promise<void> | undefined;

  const writeWaiting = async (): Promise<void> => {
    if (waiting.length === 0 || !isWritable) return; // an earlier write took it along
    const batch = waiting;
    waiting = [];
    try {
      file ??= await openNameless(path);
      const texts = batch.map(({ text = '' }) => Buffer.from(text));
      await file.appendFile(Buffer.concat(texts));
      for (const [index, place] of batch.entries()) {
        place.atByte = bytes;
        place.bytes = texts[index]?.length ?? 0;
        place.text = undefined;
        bytes += place.bytes;
      }
    } catch {
      isWritable = false; // nothing is lost: the texts are still here
      waiting = [];
    }
  };

  const take = ({ text, ...place }: Place): string => {
    if (text !== undefined) return text;
    if (file === undefined || closing !== undefined) throw new Error('the shelf is closed');
    try {
      return readText(file.fd, place);
    } catch (cause) {
      const message = `the seconds of the run cannot be read again from the disk of ${path}: ${messageOf(cause)}`;
      throw new PlimsollError('NOT_READY', message, {
        remedy: 'look at the disk, and run again; its tape may have them',
        cause,
      });
    }
  };

  const end = async (): Promise<void> => {
    await writing;
    await file?.close().catch(() => undefined); // nobody needs it any more
  };

  return {
    shelf: {
      put(text) {
        const place: Place = { text, atByte: 0, bytes: 0 };
        if (isWritable && closing === undefined) {
          waiting.push(place);
          writing = writing.then(writeWaiting);
        }
        return place;
      },
      take,
    },
    close: () => (closing ??= end()),
  };
}

async function openNameless(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    return file;
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

function readText(fd: number, { atByte, bytes }: Pick<Place, 'atByte' | 'bytes'>): string {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let done = 0; done < bytes;) {
    const read = readSync(fd, buffer, done, bytes - done, atByte + done);
    if (read === 0) throw new Error('it ends too early');
    done += read;
  }
  return buffer.toString();
}
