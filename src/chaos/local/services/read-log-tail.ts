import { open } from 'node:fs/promises';

const MOST_BYTES = 4096;
const MOST_LINES = 12;

/** The last lines of a log, for a message. Empty where there is nothing to read. */
export async function readLogTail(path: string): Promise<string> {
  let file;
  try {
    file = await open(path, 'r');
  } catch {
    return ''; // a message goes without its tail rather than not at all
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MOST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n');
    return lines.slice(-MOST_LINES).join('\n');
  } finally {
    await file.close();
  }
}
