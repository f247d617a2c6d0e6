import { type FileHandle, link, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { processStartToken } from '../shared/process-identity.js';
import { systemCode } from './cannot-write.js';

/** Begins the name of a folder for a file in the making; its writer's pid follows. */
const DRAFT = '.draft-';

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
  await removeDeadDrafts(dirname(path));
  const folder = await mkdtemp(join(dirname(path), `${DRAFT}${process.pid}-`));
  try {
    return await work(join(folder, 'draft'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What processes left that were killed while they wrote. */
async function removeDeadDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(DRAFT) ? Number.parseInt(name.slice(DRAFT.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || (await processStartToken(pid)) !== undefined) continue;
    await rm(join(folder, name), { recursive: true, force: true });
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
