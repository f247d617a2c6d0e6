import { isFields } from './document-issue.js';

/**
 * What to say of a field that only another branch of a union knows: that it cannot stand beside the one by which the
 * value belongs to its own branch. Undefined where there is no such field.
 */
export function rivalMessage(
  field: string,
  {
    found,
    own,
    others,
    where,
  }: {
    readonly found: unknown;
    /** The fields of the branch that the value belongs to, and those of the other branches. */
    readonly own: readonly string[];
    readonly others: readonly string[];
    readonly where: string;
  },
): string | undefined {
  if (!isFields(found) || !others.includes(field)) return undefined;
  const rival = Object.keys(found).find((key) => own.includes(key) && !others.includes(key));
  return rival === undefined ? undefined : `"${field}" cannot stand beside "${rival}" in ${where}`;
}
