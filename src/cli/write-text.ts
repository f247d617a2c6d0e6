import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, PlimsollError } from '../shared/errors.js';

/**
 * Writes a file, with the folders above it.
 * @throws {PlimsollError} NOT_READY where it cannot be written.
 */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new PlimsollError('NOT_READY', `cannot write ${path}: ${messageOf(cause)}`, {
      remedy: 'free or repair the place, or name another',
      cause,
    });
  }
}
