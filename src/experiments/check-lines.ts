import { JUDGED_PHASES } from '../sla/objective.js';
import { parseStopCondition } from '../sla/parse-stop-condition.js';
import type { TextError } from '../sla/text-scanner.js';
import { type DocumentIssue, type DocumentPath, isFields, valueAt } from './document-issue.js';
import { objectiveSchema } from './objective-schema.js';
import { readObjective } from './read-objective.js';

/** What is wrong with the lines of `sla` and `guards.stopWhen`, each at its very characters. */
export function checkLines(value: unknown): readonly DocumentIssue[] {
  const objectives = JUDGED_PHASES.flatMap((phase) =>
    listAt(value, ['sla', phase]).flatMap((entry, index) => {
      const path = ['sla', phase, index];
      // Where the schema has a complaint of its own, the line is looked at all the same.
      const line = isFields(entry) ? entry.objective : undefined;
      const checked = objectiveSchema.safeParse(entry);
      if (!checked.success && (typeof line !== 'string' || line === '')) return [];
      const [known, at] = checked.success ? [checked.data, path] : [String(line), [...path, 'objective']];
      const read = readObjective(known, phase);
      return read.ok ? [] : [issueOf(read.text, [...at, ...read.path], read.error)];
    }),
  );
  const conditions = listAt(value, ['guards', 'stopWhen']).flatMap((line, index) => {
    if (typeof line !== 'string' || line === '') return [];
    const parsed = parseStopCondition(line);
    return parsed.ok ? [] : [issueOf(line, ['guards', 'stopWhen', index], parsed.error)];
  });
  return [...objectives, ...conditions];
}

function issueOf(line: string, path: DocumentPath, { message, start, end }: TextError): DocumentIssue {
  return {
    path,
    at: 'value',
    span: { offset: start, length: end - start },
    message: `cannot read "${line}": ${message}`,
  };
}

function listAt(value: unknown, path: DocumentPath): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}
