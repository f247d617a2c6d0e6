import { readTags } from './read-tags.js';
import type { Point } from './row-taker.js';

/** A point that is filled again and again. */
export type PointBuffer = { -readonly [Key in keyof Point]: Point[Key] };

export function createPoint(): PointBuffer {
  return { atMs: 0, value: 0, tags: readTags({}), vu: 0, call: 0 };
}
