import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PlimsollError } from '../shared/errors.js';

const CONFIG_NAMES = ['plimsoll.yaml', 'plimsoll.yml'];

/**
 * The config of an experiment: the one that was named, or the nearest `plimsoll.yaml` from the experiment's folder upwards.
 * @throws {PlimsollError} USAGE where there is none.
 */
export async function findConfig(request: {
  readonly experimentPath: string;
  readonly configPath?: string;
}): Promise<string> {
  if (request.configPath !== undefined) return request.configPath;
  const start = dirname(resolve(request.experimentPath));
  for (let folder = start; ; folder = dirname(folder)) {
    for (const name of CONFIG_NAMES) if (await exists(join(folder, name))) return join(folder, name);
    if (folder === dirname(folder)) break;
  }
  throw new PlimsollError('USAGE', `there is no plimsoll.yaml in ${start} or above it`, {
    remedy: 'name one with --config, or make one: plimsoll init',
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
