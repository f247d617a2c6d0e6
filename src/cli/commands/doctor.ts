import { printable } from '../../report/printable.js';
import { type Check, checkMachine } from '../check-machine.js';
import { checkProject } from '../check-project.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import { painter } from '../paint.js';
import { printJson } from '../print-json.js';

export interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Says what is here, what is missing, and how to get it. */
export async function doctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const checks = [...(await checkMachine(context)), ...(await checkProject(options.config, context))];
  const { out } = context.terminal;
  const healthy = checks.every(({ status }) => status !== 'problem');
  if (options.json) printJson(out, { healthy, checks });
  else out.write(formatChecks(checks, out));
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
