import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlimsollError } from '../shared/errors.js';

/** Folders that hold what others have written. */
const PASSED_OVER = new Set(['node_modules', 'reports']);
const OURS = /^apiVersion:\s*['"]?plimsoll\.dev\//m;

/**
 * The files that are meant: each that is named, and of a folder every YAML file of Plimsoll's in it and below it, in
 * order of name. Other YAML in a folder (a Chaos Mesh manifest, say) is passed over.
 * @throws {PlimsollError} USAGE where there is none.
 */
export async function findDocuments(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) {
      found.push(path);
      continue;
    }
    const files = await yamlFilesIn(path);
    if (files.length === 0) {
      throw new PlimsollError('USAGE', `there is no file of Plimsoll's in the folder ${path}`, {
        remedy: 'name the files, or a folder with experiments; `plimsoll init` writes one to begin with',
      });
    }
    found.push(...files);
  }
  return [...new Set(found)];
}

async function yamlFilesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && !PASSED_OVER.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return await yamlFilesIn(path);
        return /\.ya?ml$/.test(entry.name) && OURS.test(await readFile(path, 'utf8')) ? [path] : [];
      }),
  );
  return nested.flat();
}

/** What is no folder is taken for a file; whoever reads it says what is wrong with it. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
