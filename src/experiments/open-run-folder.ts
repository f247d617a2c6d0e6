import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlimsollError } from '../shared/errors.js';
import { cannotWrite, systemCode } from './cannot-write.js';

/**
 * Makes the folder of a run, `<reports>/<experiment>/<runId>/` with `logs/` in it, and gives its path. It rejects
 * with NOT_READY before anything is started where there can be none.
 */
export async function openRunFolder(reports: string, experiment: string, runId: string): Promise<string> {
  const folder = join(reports, experiment, runId);
  try {
    await mkdir(join(reports, experiment), { recursive: true });
    await mkdir(folder);
    await mkdir(join(folder, 'logs'));
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && (error as NodeJS.ErrnoException).path === folder) {
      throw new PlimsollError('NOT_READY', `the folder ${folder} exists: another run has the id ${runId}`, {
        remedy: 'run again, which takes another id',
        cause: error,
      });
    }
    throw cannotWrite('the folder of reports', reports, error);
  }
  return folder;
}
