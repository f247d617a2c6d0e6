import type { Finding } from '../shared/finding.js';
import { printable } from '../report/printable.js';
import { painter } from './paint.js';

/** Findings for people, with what to do about each; those that stop the run come first. */
export function findingLines(
  findings: readonly Finding[],
  options: { readonly colour: boolean },
): readonly string[] {
  const paint = painter(options);
  const stops = findings.filter(({ severity }) => severity === 'stop');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  return [...stops, ...warnings].flatMap(({ severity, message, remedy }) => [
    `${severity === 'stop' ? paint('red', '✖') : paint('yellow', '!')} ${printable(message)}`,
    ...(remedy === '' ? [] : [`  remedy: ${printable(remedy)}`]),
  ]);
}

/** `1 finding stops this run`; empty where nothing does. */
export function stopLine(findings: readonly Finding[]): string {
  const stops = findings.filter(({ severity }) => severity === 'stop').length;
  if (stops === 0) return '';
  return stops === 1 ? '1 finding stops this run' : `${stops} findings stop this run`;
}
