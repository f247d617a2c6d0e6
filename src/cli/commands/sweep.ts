import { dirname, join } from 'node:path';
import type { DeadRun, SweepScope, SweptFault } from '../../chaos/fault-injector.js';
import { sweepLocalRuns } from '../../chaos/local/sweep-local-runs.js';
import type { ConfigDocument } from '../../experiments/config-schema.js';
import { findDeadRuns } from '../../experiments/find-dead-runs.js';
import { formatProblems } from '../../experiments/format-problems.js';
import { loadConfig } from '../../experiments/load-file.js';
import { printable } from '../../report/printable.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import type { DurationMs } from '../../shared/time.js';
import { configFor } from '../config-for.js';
import { createIdleEnvironment } from '../create-idle-environment.js';
import { painter } from '../paint.js';
import { printJson } from '../print-json.js';
import { removeCleanJournals } from '../sweep-dead-runs.js';

export interface SweepOptions {
  readonly environment?: string;
  readonly run?: string;
  /** Takes away what cannot be recovered; it may leave the fault in its targets. */
  readonly force?: boolean;
  /** Also takes away what runs of other machines left on a cluster. */
  readonly orphans?: boolean;
  /** In milliseconds: how long to wait for the proof that a fault is gone. */
  readonly deadline?: DurationMs;
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
  const path = await configFor(options.config, context.cwd);
  const loaded = await loadConfig(path);
  if (!loaded.ok) {
    context.terminal.err.write(formatProblems(loaded.problems, context.terminal.err));
    return EXIT.usage;
  }
  const { document } = loaded;
  const stateFolder = join(dirname(path), '.plimsoll');
  const found = await findDeadRuns(stateFolder);
  const dead = found.dead.filter(
    ({ environment, runId }) =>
      (options.environment === undefined || environment === options.environment) &&
      (options.run === undefined || runId === options.run),
  );
  const names = new Set([
    ...dead.map(({ environment }) => environment),
    ...(options.orphans ? clustersOf(document, options.environment) : []),
  ]);
  const runs: SweptRun[] = [];
  for (const name of names) {
    const scope: SweepScope = {
      runs: dead.filter(({ environment }) => environment === name),
      force: options.force ?? false,
      ...(options.orphans ? { orphans: { living: found.living.map(({ runId }) => runId) } } : {}),
    };
    const swept = await sweepIn(name, { document, path }, scope, options.deadline, context);
    await removeCleanJournals(scope.runs, swept, stateFolder);
    runs.push(...byRun(swept, scope.runs, name));
  }
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

/** An environment that the config no longer has can have left processes on this machine alone. */
async function sweepIn(
  name: string,
  config: { readonly document: ConfigDocument; readonly path: string },
  scope: SweepScope,
  deadlineMs: DurationMs | undefined,
  context: CliContext,
): Promise<readonly SweptFault[]> {
  if (!Object.hasOwn(config.document.environments, name))
    return await sweepLocalRuns(scope, context.interrupt);
  const environment = await createIdleEnvironment(config, name, context, deadlineMs);
  return await environment.injector.sweep(scope, context.interrupt);
}

/** Puts together what was found of each run. */
function byRun(
  swept: readonly SweptFault[],
  dead: readonly DeadRun[],
  environment: string,
): readonly SweptRun[] {
  const runIds = new Set([...dead.map(({ runId }) => runId), ...swept.map(({ runId }) => runId)]);
  return [...runIds].map((runId) => ({
    runId,
    environment,
    swept: swept.filter((item) => item.runId === runId),
  }));
}

function clustersOf({ environments }: ConfigDocument, wanted: string | undefined): readonly string[] {
  return Object.entries(environments)
    .filter(([name, { driver }]) => driver === 'kubernetes' && (wanted === undefined || name === wanted))
    .map(([name]) => name);
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
