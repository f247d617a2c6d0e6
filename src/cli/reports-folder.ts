import { dirname, resolve } from 'node:path';
import { loadConfig } from '../experiments/load-file.js';
import { PlimsollError } from '../shared/errors.js';
import { configFor } from './config-for.js';
import { displayPath } from './display-path.js';

/** Where stored runs are looked for: the folder that was named, or the config's, or `reports` where there is none. */
export async function reportsFolder(named: string | undefined, cwd: string): Promise<string> {
  if (named !== undefined) return named;
  let path: string;
  try {
    path = await configFor(undefined, cwd);
  } catch (error) {
    if (error instanceof PlimsollError) return 'reports';
    throw error;
  }
  const loaded = await loadConfig(path);
  // A config with a mistake in it must not keep anybody from reading what is stored already.
  return loaded.ok ? displayPath(resolve(dirname(path), loaded.document.reports), cwd) : 'reports';
}
