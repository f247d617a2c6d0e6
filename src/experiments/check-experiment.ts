import { PHASES } from '../shared/phases.js';
import { formatDuration } from '../shared/units.js';
import { type DocumentIssue, type DocumentPath, valueAt } from './document-issue.js';
import { checkLines } from './check-lines.js';
import { checkTemplates } from './resolve-templates.js';
import { DEFAULT_INJECT_MS } from './experiment-schema.js';
import { durationSchema } from './quantity-schemas.js';

/**
 * What is wrong with an experiment beyond its single fields. It takes the value as it was read, so that it has its
 * say even where the schema refuses something else; whatever the schema refuses itself is passed over.
 */
export function checkExperiment(value: unknown): readonly DocumentIssue[] {
  return [
    ...checkPhases(value),
    ...checkSchedules(value),
    ...checkFaultNames(value),
    ...checkTimeouts(value),
    ...checkSla(value),
    ...checkLines(value),
    ...checkTemplates(valueAt(value, ['load']), ['load']),
  ];
}

function checkPhases(value: unknown): readonly DocumentIssue[] {
  return PHASES.filter((phase) => phase !== 'warmup' && durationAt(value, ['phases', phase]) === 0).map(
    (phase) => ({
      path: ['phases', phase],
      at: 'value',
      message: `the ${phase} phase has no length; nothing could be measured in it`,
    }),
  );
}

function checkSchedules(value: unknown): readonly DocumentIssue[] {
  const faultMs = durationAt(value, ['phases', 'fault']);
  return listAt(value, ['faults']).flatMap((_, index) => {
    const path = ['faults', index];
    const atMs = durationAt(value, [...path, 'at']) ?? 0;
    const forMs = durationAt(value, [...path, 'for']);
    const everyMs = durationAt(value, [...path, 'every']);
    const found: DocumentIssue[] = [];
    const wrong = (field: string, message: string) =>
      found.push({ path: [...path, field], at: 'value', message });
    if (forMs === 0) wrong('for', 'a fault with no length does nothing');
    if (everyMs === 0) wrong('every', 'a fault cannot come again after no time');
    // A phase with no length has a problem of its own.
    if (faultMs !== undefined && faultMs > 0) {
      const length = formatDuration(faultMs);
      if (atMs >= faultMs) wrong('at', `the fault phase is over by then: it takes ${length}`);
      else if (forMs !== undefined && atMs + forMs > faultMs) {
        wrong(
          'for',
          `the fault would outlast the fault phase by ${formatDuration(atMs + forMs - faultMs)}: it takes ${length}`,
        );
      }
    }
    if (everyMs !== undefined && everyMs > 0) {
      if (forMs !== undefined && everyMs < forMs)
        wrong('every', 'it would come again before it is gone: "every" is less than "for"');
    }
    return found;
  });
}

function checkFaultNames(value: unknown): readonly DocumentIssue[] {
  const names = listAt(value, ['faults']).map((fault) => valueAt(fault, ['name']));
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [
          {
            path: ['faults', index, 'name'],
            at: 'value' as const,
            message: `another fault has the name "${name}" already`,
          },
        ]
      : [],
  );
}

/** The wait for the injection ends a drain, whatever its own timeout says. */
function checkTimeouts(value: unknown): readonly DocumentIssue[] {
  const injectMs = durationAt(value, ['deadlines', 'inject']) ?? DEFAULT_INJECT_MS;
  return listAt(value, ['faults']).flatMap((_, index): DocumentIssue[] => {
    const manifest = ['faults', index, 'manifest'];
    if (valueAt(value, [...manifest, 'kind']) !== 'NodeDrain') return [];
    const path = [...manifest, 'spec', 'timeout'];
    const timeoutMs = durationAt(value, path);
    if (timeoutMs === undefined || timeoutMs <= injectMs) return [];
    const message = `deadlines.inject is over before, after ${formatDuration(injectMs)}: write deadlines: {inject: ${String(valueAt(value, path))}}`;
    return [{ path, at: 'value', message }];
  });
}

function checkSla(value: unknown): readonly DocumentIssue[] {
  const sla = valueAt(value, ['sla']);
  if (typeof sla !== 'object' || sla === null) return [];
  const judged = ['steady', 'fault', 'recovery'].some((phase) => {
    const objectives = valueAt(sla, [phase]);
    return (
      phase !== 'recovery' &&
      objectives !== undefined &&
      !(Array.isArray(objectives) && objectives.length === 0)
    );
  });
  if (judged) return [];
  return [
    {
      path: ['sla'],
      at: 'key',
      message: 'sla has neither "steady" nor "fault" objectives; nothing could be judged',
    },
  ];
}

function durationAt(value: unknown, path: DocumentPath): number | undefined {
  const parsed = durationSchema.safeParse(valueAt(value, path));
  return parsed.success ? parsed.data : undefined;
}

function listAt(value: unknown, path: DocumentPath): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}
