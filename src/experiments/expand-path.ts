import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { didYouMean } from '../shared/nearest-name.js';
import { filesBelow, findFiles, isPattern, kindOf } from './find-files.js';
import { readHead } from './read-head.js';

export type ExpandedPath =
  /** A file that was named. */
  | { readonly status: 'file'; readonly path: string }
  /** The experiments in a folder, or of a pattern: at least one. */
  | { readonly status: 'several'; readonly paths: readonly string[] }
  | { readonly status: 'nothing'; readonly reason: string };

/** What a path stands for: a file, a folder with all below it, or a pattern. */
export async function expandPath(path: string): Promise<ExpandedPath> {
  const kind = await kindOf(path);
  if (kind === 'file') return { status: 'file', path };
  if (kind === 'folder') return await experimentsAmong(await filesBelow(path), 'in this folder');
  if (!isPattern(path)) return { status: 'nothing', reason: `no such file${await nearestIn(path)}` };
  return await experimentsAmong(await findFiles(path), 'matches this pattern');
}

async function experimentsAmong(files: readonly string[], where: string): Promise<ExpandedPath> {
  const paths: string[] = [];
  const yamlFiles = files.filter((file) => /\.ya?ml$/i.test(file));
  for (const file of yamlFiles) {
    if ((await readHead(file)).kind === 'experiment') paths.push(file);
  }
  if (paths.length > 0) return { status: 'several', paths };
  const others = yamlFiles.length === 1 ? '1 YAML file' : `${yamlFiles.length} YAML files`;
  const there = yamlFiles.length === 0 ? 'no YAML file' : `${others}, but no experiment`;
  return { status: 'nothing', reason: `${there} ${where}` };
}

async function nearestIn(path: string): Promise<string> {
  const folder = dirname(path);
  if ((await kindOf(folder)) !== 'folder') return '';
  return didYouMean(basename(path), await readdir(folder));
}
