import { filesBelow, kindOf } from '../experiments/find-files.js';
import { readHead } from '../experiments/read-head.js';
import { PlimsollError } from '../shared/errors.js';

/**
 * The files that are meant: each that is named, and of a folder every file of Plimsoll's in it and below it, in order
 * of name. Other YAML in a folder (a Chaos Mesh manifest, say) is passed over.
 * @throws {PlimsollError} USAGE where a folder holds none.
 */
export async function findDocuments(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    // What is no folder is taken for a file; whoever reads it says what is wrong with it.
    if ((await kindOf(path)) === 'folder') found.push(...(await documentsIn(path)));
    else found.push(path);
  }
  return [...new Set(found)];
}

async function documentsIn(folder: string): Promise<readonly string[]> {
  const files = (await filesBelow(folder)).filter((file) => /\.ya?ml$/i.test(file));
  const heads = await Promise.all(files.map(readHead));
  const ours = files.filter((_, index) => heads[index]?.kind !== 'foreign');
  if (ours.length > 0) return ours;
  throw new PlimsollError('USAGE', `there is no file of Plimsoll's in the folder ${folder}`, {
    remedy: 'name the files, or a folder with experiments; `plimsoll init` writes one to begin with',
  });
}
