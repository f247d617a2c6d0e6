import { printable } from '../../report/printable.js';
import type { Check } from '../../shared/check.js';
import { checkMachine } from '../check-machine.js';
import { checkProject } from '../check-project.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import { painter } from '../paint.js';
import { printJson } from '../print-json.js';
import { renderRights } from '../render-rights.js';

export interface DoctorOptions {
  /** Looked at in depth, with all that a run there could stumble over. */
  readonly environment?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Says what is here, what is missing, and how to get it. */
export async function doctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const project = await checkProject(options.config, options.environment, context);
  const checks = [...(await checkMachine(context)), ...project.checks];
  const { rights } = project;
  const { out } = context.terminal;
  const healthy = checks.every(({ status }) => status !== 'problem');
  if (options.json) printJson(out, { healthy, checks, ...(rights.length === 0 ? {} : { rights }) });
  else out.write(formatChecks(checks, out) + rights.map((table) => `\n${renderRights(table, out)}`).join(''));
  return healthy ? EXIT.pass : EXIT.notReady;
}

/** One line for each check, and what to do where something is not as it should be. */
export function formatChecks(checks: readonly Check[], options: { readonly colour: boolean }): string {
  const paint = painter(options);
  const marks = { ok: paint('green', '✔'), missing: paint('yellow', '–'), problem: paint('red', '✖') };
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .flatMap(({ name, status, detail, remedy }) => [
      `${marks[status]} ${name.padEnd(width)}  ${printable(detail)}\n`,
      ...(remedy === '' ? [] : [`  ${' '.repeat(width)}  remedy: ${printable(remedy)}\n`]),
    ])
    .join('');
}
