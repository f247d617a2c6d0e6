import { formatProblems } from '../../experiments/format-problems.js';
import { selectExperiments } from '../../experiments/select-experiments.js';
import { PlimsollError } from '../../shared/errors.js';
import type { CliContext } from '../cli-context.js';
import { experimentsFolder } from '../experiments-folder.js';
import { EXIT } from '../../shared/exit.js';
import { parseSelector } from '../parse-selector.js';
import type { ComposeRun } from '../run-one.js';
import { run, type RunOptions } from './run.js';

const SHOWN_EXPERIMENTS = 5;

/** Chooses the experiments that the arguments mean, and runs them. */
export async function runCommand(
  paths: readonly string[],
  options: RunOptions & { readonly selector?: readonly string[] },
  context: CliContext,
  compose: ComposeRun,
): Promise<number> {
  const selector = parseSelector(options.selector ?? []);
  const isNamed = paths.length > 0 || options.selector !== undefined;
  const places = paths.length > 0 ? paths : [await experimentsFolder(options.config, context.cwd)];
  const selected = await selectExperiments(places, selector);
  if (!selected.ok) {
    const { err } = context.terminal;
    err.write(formatProblems(selected.problems, err));
    return EXIT.usage;
  }
  const { experiments } = selected;
  if (!isNamed && experiments.length > 1)
    throw whichOne(
      places,
      experiments.map(({ path }) => path),
    );
  return await run(experiments, options, context, compose);
}

/** Faults are not put in because somebody forgot to say which. */
function whichOne(places: readonly string[], paths: readonly string[]): PlimsollError {
  const shown = paths.slice(0, SHOWN_EXPERIMENTS).join(', ');
  const more = paths.length > SHOWN_EXPERIMENTS ? ` and ${paths.length - SHOWN_EXPERIMENTS} more` : '';
  return new PlimsollError(
    'USAGE',
    `there are ${paths.length} experiments, and none was named: ${shown}${more}`,
    {
      remedy: `name one, or run all of them: plimsoll run ${places.join(' ')}`,
    },
  );
}
