import type { Dirent } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, PlimsollError } from '../shared/errors.js';
import { systemCode } from './cannot-write.js';
import { RUN_ID_PATTERN } from './new-run-id.js';
import { RESULT_FILE } from './store-result.js';

/** A run's folder among the reports. */
export interface RunEntry {
  readonly experiment: string;
  readonly runId: string;
  readonly folder: string;
  /** Without a result the run goes on, or died. */
  readonly status: 'stored' | 'without-result';
}

/** The runs below a folder of reports: by experiment, of each the newest first. None where there is no such folder. */
export async function listRuns(reports: string): Promise<readonly RunEntry[]> {
  const runs: RunEntry[] = [];
  for (const experiment of await foldersIn(reports)) {
    const runIds = (await foldersIn(join(reports, experiment))).filter((name) => RUN_ID_PATTERN.test(name));
    for (const runId of runIds.reverse()) {
      const folder = join(reports, experiment, runId);
      const status = (await exists(join(folder, RESULT_FILE))) ? 'stored' : 'without-result';
      runs.push({ experiment, runId, folder, status });
    }
  }
  return runs;
}

async function foldersIn(folder: string): Promise<string[]> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new PlimsollError('USAGE', `the folder ${folder} cannot be read: ${messageOf(error)}`, {
      remedy: 'name the folder of the reports, and make it readable for this user',
      cause: error,
    });
  }
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
