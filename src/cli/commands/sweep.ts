import { dirname, join } from 'node:path';
import type { DeadRun, SweptFault } from '../../chaos/fault-injector.js';
import { sweepLocalRuns } from '../../chaos/local/sweep-local-runs.js';
import { findDeadRuns } from '../../experiments/find-dead-runs.js';
import { removeJournal } from '../../experiments/journal-file.js';
import { printable } from '../../report/printable.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import { configFor } from '../config-for.js';
import { painter } from '../paint.js';
import { printJson } from '../print-json.js';

export interface SweepOptions {
  readonly environment?: string;
  readonly config?: string;
  readonly json?: boolean;
}

interface SweptRun {
  readonly runId: string;
  readonly environment: string;
  readonly swept: readonly SweptFault[];
}

/** Finds what dead runs left, takes it away, and says each thing that was done. */
export async function sweep(options: SweepOptions, context: CliContext): Promise<number> {
  const configPath = await configFor(options.config, context.cwd);
  const stateFolder = join(dirname(configPath), '.plimsoll');
  const found = await findDeadRuns(stateFolder);
  const dead = found.dead.filter(
    ({ environment }) => options.environment === undefined || environment === options.environment,
  );
  const runs: SweptRun[] = [];
  for (const run of dead) runs.push(await sweepRun(run, stateFolder, context.interrupt));
  const left = runs.flatMap(({ swept }) => swept.filter(({ status }) => status === 'left'));
  const { out } = context.terminal;
  if (options.json) {
    printJson(out, {
      runs,
      living: found.living.map(({ runId, environment }) => ({ runId, environment })),
      unreadable: found.unreadable,
    });
  } else {
    const paint = painter(out);
    const lines = [
      ...runs.flatMap((run) => runLines(run, paint)),
      ...found.living.map(
        ({ runId, environment }) => `run ${runId} in ${environment} is alive; it was not touched`,
      ),
      ...found.unreadable.map(
        (path) =>
          `${paint('red', '✖')} ${path} cannot be read as a journal; look at it, and remove it by hand`,
      ),
      ...(runs.length === 0 ? ['no dead run has left anything'] : []),
    ];
    out.write(lines.map((line) => `${line}\n`).join(''));
  }
  return left.length === 0 && found.unreadable.length === 0 ? EXIT.pass : EXIT.faultMayBeLive;
}

/** The journal goes once nothing is left that it could help to find. */
async function sweepRun(run: DeadRun, stateFolder: string, signal: AbortSignal): Promise<SweptRun> {
  const swept = await sweepLocalRuns({ runs: [run] }, signal);
  if (swept.every(({ status }) => status !== 'left')) await removeJournal(stateFolder, run.runId);
  return { runId: run.runId, environment: run.environment, swept };
}

function runLines(
  { runId, environment, swept }: SweptRun,
  paint: ReturnType<typeof painter>,
): readonly string[] {
  const marks = { removed: paint('green', '✔'), 'already-gone': paint('dim', '·'), left: paint('red', '✖') };
  return [
    `run ${runId} in ${environment} is dead${swept.length === 0 ? ' and left nothing' : ''}`,
    ...swept.map(({ what, status, detail }) => `  ${marks[status]} ${printable(what)}: ${printable(detail)}`),
  ];
}
