import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

export type FoundProgram =
  | { readonly status: 'found'; readonly path: string }
  | { readonly status: 'not-found' }
  | { readonly status: 'not-executable'; readonly path: string };

/**
 * The file that a command's first word names, as the system looks for it: a word with a slash is a path below the
 * working folder, any other is looked for along the search path.
 */
export async function findProgram(word: string, cwd: string, searchPath: string): Promise<FoundProgram> {
  const candidates = word.includes('/')
    ? [resolve(cwd, word)]
    : searchPath.split(delimiter).map((folder) => resolve(cwd, join(folder, word)));
  let notExecutable: FoundProgram = { status: 'not-found' };
  for (const path of candidates) {
    const state = await lookAt(path);
    if (state === 'executable') return { status: 'found', path };
    if (state === 'not-executable' && notExecutable.status === 'not-found') {
      notExecutable = { status: 'not-executable', path };
    }
  }
  return notExecutable;
}

async function lookAt(path: string): Promise<'executable' | 'not-executable' | 'missing'> {
  try {
    if (!(await stat(path)).isFile()) return 'missing';
  } catch {
    return 'missing';
  }
  try {
    await access(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'not-executable';
  }
}
