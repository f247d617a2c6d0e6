import { type FileHandle, link, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from './cannot-write.js';

/**
 * Creates a file that has all of its text from the moment it is there, on disk when this resolves. Rejects with
 * EEXIST where there is one already. The handle appends to the file.
 */
export async function createWhole(path: string, text: string): Promise<FileHandle> {
  return await withDraft(path, async (draft) => {
    const handle = await writeDraft(draft, text);
    try {
      await link(draft, path);
      await syncFolder(dirname(path));
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

/** Puts a file in the place of another at once: whoever reads finds the old text or the new one, whole. */
export async function replaceWhole(path: string, text: string): Promise<void> {
  await withDraft(path, async (draft) => {
    await (await writeDraft(draft, text)).close();
    await rename(draft, path);
    await syncFolder(dirname(path));
  });
}

/** A name on the same file system that nobody else uses. */
async function withDraft<T>(path: string, work: (draft: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(dirname(path), '.draft-'));
  try {
    return await work(join(folder, 'draft'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeDraft(draft: string, text: string): Promise<FileHandle> {
  const handle = await open(draft, 'a');
  try {
    await handle.appendFile(text);
    await handle.sync();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Makes the names in a folder outlive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems have no such thing.
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}
