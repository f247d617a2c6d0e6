import { open } from 'node:fs/promises';

const TAIL_BYTES = 64 * 1024;

/** The end of a log file; empty where there is no such file. */
export async function readTail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined); // a log that is not there has nothing to say
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
