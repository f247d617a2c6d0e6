import { constants, openSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Clock } from '../../shared/time.js';
import { createBenchOutput, type BenchEvent } from './bench-output.js';

/** The standard output of one start of the test binary. */
export interface BenchPipe {
  /** For the process; to be closed here when it has it. */
  readonly writer: FileHandle;
  /** Resolves when every writer has closed it and all of it has been told. Never rejects. */
  readonly ended: Promise<void>;
  /** Reads no more, whoever holds it open. */
  close(): void;
}

/** Opens a named pipe for reading, and tells what comes through it, each piece with the moment when it was read. */
export async function openBenchPipe(
  fifo: string,
  clock: Clock,
  tell: (event: BenchEvent) => void,
  keep: (bytes: Uint8Array) => void,
): Promise<BenchPipe> {
  // Not blocking: an open that waits for a writer could not be called off. The writer finds a reader, and does not wait.
  const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = await open(fifo, 'w');
  const pipe = new Socket({ fd, readable: true, writable: false });
  const output = createBenchOutput();
  const ended = new Promise<void>((resolve) => {
    pipe.on('data', (bytes: Buffer) => {
      const nowMs = clock.nowMs();
      keep(bytes);
      for (const event of output.push(bytes, nowMs)) tell(event);
    });
    pipe.once('close', () => {
      for (const event of output.end()) tell(event);
      resolve();
    });
  });
  return {
    writer,
    ended,
    close: () => {
      pipe.destroy();
    },
  };
}
