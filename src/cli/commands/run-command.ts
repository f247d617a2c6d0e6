import { formatProblems } from '../../experiments/format-problems.js';
import { selectExperiments } from '../../experiments/select-experiments.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../exit-codes.js';
import { parseSelector } from '../parse-selector.js';
import type { ComposeRun } from '../run-one.js';
import { run, type RunOptions } from './run.js';

/** Chooses the experiments that the arguments mean, and runs them. */
export async function runCommand(
  paths: readonly string[],
  options: RunOptions & { readonly selector?: readonly string[] },
  context: CliContext,
  compose: ComposeRun,
): Promise<number> {
  const selected = await selectExperiments(paths, parseSelector(options.selector ?? []));
  if (!selected.ok) {
    const { err } = context.terminal;
    err.write(formatProblems(selected.problems, err));
    return EXIT.usage;
  }
  return await run(selected.experiments, options, context, compose);
}
