import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from './cannot-write.js';

/** Folders below which nobody keeps files of his own. */
const PASSED_OVER = ['node_modules'];

/** Whether a path holds `*` or `?`, and stands for several files. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

/**
 * The files that a pattern matches, in order of their paths. `*` and `?` stand for letters of one name, `**` for any
 * number of folders. Names that begin with a dot are matched by patterns that do so too.
 */
export async function findFiles(pattern: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const isAbsolute = pattern.startsWith('/');
  await walk(isAbsolute ? '/' : '', pattern.split('/').filter(Boolean), found);
  return [...found].sort();
}

/** All files in a folder and below it, in order of their paths. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = new Set<string>();
  await walk(folder, ['**', '*'], found);
  return [...found].sort();
}

async function walk(folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment !== '**' && !isPattern(segment)) {
    const path = join(folder, segment);
    if (rest.length > 0) await walk(path, rest, found);
    else if ((await kindOf(path)) === 'file') found.add(path);
    return;
  }
  // "a/**" is all below a.
  if (segment === '**') await walk(folder, rest.length === 0 ? ['*'] : rest, found);
  const matches = segment === '**' ? segmentPattern('*') : segmentPattern(segment);
  for (const entry of await entriesOf(folder)) {
    if (!matches.test(entry.name) || PASSED_OVER.includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (segment === '**') {
      // A link to a folder could lead round in a circle.
      if (entry.isDirectory()) await walk(path, segments, found);
    } else if (rest.length > 0) await walk(path, rest, found);
    else if (entry.isFile() || (entry.isSymbolicLink() && (await kindOf(path)) === 'file')) found.add(path);
  }
}

function segmentPattern(segment: string): RegExp {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${source}$`, 's');
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** What is at a path; a link is what it leads to. */
export async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return 'nothing';
    throw error;
  }
}
