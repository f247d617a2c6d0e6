import { dirname, join } from 'node:path';
import { configFor } from './config-for.js';
import { displayPath } from './display-path.js';

/**
 * The experiments beside the config.
 * @throws {PlimsollError} USAGE where there is no config.
 */
export async function experimentsFolder(config: string | undefined, cwd: string): Promise<string> {
  return displayPath(join(dirname(await configFor(config, cwd)), 'experiments'), cwd);
}
