import type { z } from 'zod';
import { parseDescribed } from './parse-described.js';
import { type DocumentIssue, pathName } from './document-issue.js';
import type { FileProblem } from './file-problem.js';
import { locateIssue } from './locate-issue.js';
import type { YamlText } from './read-yaml.js';

/** Holds a value against its schema and against further checks, and tells all problems with their places. */
export function parseDocumentOf<T extends z.ZodType>(
  schema: T,
  root: string,
  yaml: YamlText,
  value: unknown,
  furtherIssues: readonly DocumentIssue[] = [],
): { readonly document: z.output<T> | undefined; readonly problems: readonly FileProblem[] } {
  const { output, issues } = parseDescribed(schema, value, (path) => pathName(path, root));
  return {
    document: output,
    problems: [...issues, ...furtherIssues].map((issue) => locateIssue(yaml, issue)),
  };
}
