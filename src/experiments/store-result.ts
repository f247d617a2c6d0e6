import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlimsollError } from '../shared/errors.js';
import { cannotWrite } from './cannot-write.js';
import { replaceWhole } from './durable-file.js';
import type { Result } from './result-schema.js';

export const RESULT_FILE = 'result.json';

/**
 * Writes `result.json` into a run's folder, at once or not at all, and gives its path. Where it cannot, it keeps the
 * result below `spareFolder` if it can, and rejects with an error that says where.
 */
export async function storeResult(folder: string, result: Result, spareFolder: string): Promise<string> {
  const path = join(folder, RESULT_FILE);
  const text = `${JSON.stringify(result, null, 2)}\n`;
  try {
    await replaceWhole(path, text);
    return path;
  } catch (error) {
    const failed = cannotWrite('the result', path, error);
    const spare = await keep(text, result.run.id, spareFolder);
    const message =
      spare.status === 'kept'
        ? `${failed.message}; it was kept in ${spare.path}`
        : `${failed.message}; nor could it be kept in ${spareFolder}`;
    const remedy =
      spare.status === 'kept'
        ? `free or repair the place, then move it there: mv '${spare.path}' '${path}'`
        : 'the run is over and its result is lost; free or repair the place, and run again';
    throw new PlimsollError('NOT_READY', message, { remedy, cause: error });
  }
}

type Spare = { readonly status: 'kept'; readonly path: string } | { readonly status: 'lost' };

async function keep(text: string, runId: string, spareFolder: string): Promise<Spare> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(spareFolder, `plimsoll-${runId}-`));
    const path = join(folder, RESULT_FILE);
    await writeFile(path, text);
    return { status: 'kept', path };
  } catch {
    // The error of the result's own place is the one to tell.
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    return { status: 'lost' };
  }
}
