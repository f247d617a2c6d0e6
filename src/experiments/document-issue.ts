/** The way from the root of a document to one of its values. */
export type DocumentPath = readonly (string | number)[];

/** Something wrong in a document's value, before it has a place in the text. */
export interface DocumentIssue {
  readonly path: DocumentPath;
  /** Whether the name of the field is at fault, or what it holds. */
  readonly at: 'key' | 'value';
  /** The part of a text that is at fault; undefined: all of it. */
  readonly span?: { readonly offset: number; readonly length: number };
  readonly message: string;
}

/** `load.http.requests[0]`; the root has the name of its kind. */
export function pathName(path: DocumentPath, root: string): string {
  if (path.length === 0) return root;
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** What lies at the end of the path; undefined where there is nothing. */
export function valueAt(value: unknown, path: DocumentPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
