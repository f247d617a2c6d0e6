import { join } from 'node:path';
import { findConfig } from './find-config.js';

/**
 * The config of a command that is about no experiment: the one that was named, or the nearest from the folder upwards.
 * @throws {PlimsollError} USAGE where there is none.
 */
export async function configFor(named: string | undefined, cwd: string): Promise<string> {
  return await findConfig({
    experimentPath: join(cwd, 'any-experiment'),
    ...(named === undefined ? {} : { configPath: named }),
  });
}
