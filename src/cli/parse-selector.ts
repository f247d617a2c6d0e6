import { PlimsollError } from '../shared/errors.js';

/**
 * `suite=nightly`, one or several, also with commas between them, as labels that must all hold.
 * @throws {PlimsollError} USAGE
 */
export function parseSelector(texts: readonly string[]): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const text of texts.flatMap((each) => each.split(','))) {
    const [, key, value] = /^\s*([^=\s]+)=(.*?)\s*$/.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new PlimsollError('USAGE', `cannot read the selector "${text}"`, {
        remedy: 'write it like suite=nightly',
      });
    }
    if (Object.hasOwn(labels, key) && labels[key] !== value) {
      throw new PlimsollError('USAGE', `no label ${key} can be both "${labels[key] ?? ''}" and "${value}"`);
    }
    labels[key] = value;
  }
  return labels;
}
