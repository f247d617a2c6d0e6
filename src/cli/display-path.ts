import { isAbsolute, join, relative } from 'node:path';

/** A path as somebody in the folder would type it: relative where it lies below, else as it is. */
export function displayPath(path: string, cwd: string): string {
  const absolute = isAbsolute(path) ? path : join(cwd, path);
  const below = relative(cwd, absolute);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
}
