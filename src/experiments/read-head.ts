import { readFile } from 'node:fs/promises';
import { isNativeKind } from '../chaos/native-kinds.js';
import { isFields, valueAt } from './document-issue.js';
import { parseYaml } from './read-yaml.js';

export type Labels = Readonly<Record<string, string>>;

/** What a file says it is, whatever else is wrong with it. */
export interface Head {
  /** `foreign` is what is not Plimsoll's: a manifest, values of a chart. */
  readonly kind: 'experiment' | 'suite' | 'config' | 'foreign';
  /** Undefined where they cannot be read. */
  readonly labels: Labels | undefined;
}

const OURS = /\bplimsoll\.dev\/v|\bkind["']?\s*:\s*["']?Experiment\b/;

/** Reads no more of a file than what it is and its labels. A file of Plimsoll's of an unknown kind is an experiment that has a mistake. */
export async function readHead(path: string): Promise<Head> {
  const text = await readFile(path, 'utf8');
  if (!OURS.test(text)) return { kind: 'foreign', labels: undefined };
  const read = parseYaml(path, text);
  if (!read.ok) return { kind: 'experiment', labels: undefined };
  const kind = valueAt(read.value, ['kind']);
  // A manifest of a fault, for an experiment to take in.
  if (typeof kind === 'string' && isNativeKind(kind)) return { kind: 'foreign', labels: undefined };
  return {
    kind: kind === 'Suite' ? 'suite' : kind === 'Config' ? 'config' : 'experiment',
    labels: textsOf(valueAt(read.value, ['metadata', 'labels'])),
  };
}

function textsOf(labels: unknown): Labels | undefined {
  if (labels === undefined || labels === null) return {};
  if (!isFields(labels)) return undefined;
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}
