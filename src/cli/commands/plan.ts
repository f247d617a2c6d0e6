import { formatProblems } from '../../experiments/format-problems.js';
import type { CliContext } from '../cli-context.js';
import { createLogger } from '../create-logger.js';
import { EXIT } from '../../shared/exit.js';
import { printJson } from '../print-json.js';
import type { ComposeRun } from '../run-one.js';
import { requestOf, surroundingsOf, type WhereOptions } from '../run-request.js';
import { renderPlan } from '../render-plan.js';

export interface PlanOptions extends WhereOptions {
  readonly json?: boolean;
}

/** Resolves an experiment and says what a run would do. Touches nothing. */
export async function plan(
  file: string,
  options: PlanOptions,
  context: CliContext,
  compose: ComposeRun,
): Promise<number> {
  const { out, err } = context.terminal;
  const composed = await compose(
    requestOf(file, 'plan', options),
    surroundingsOf(context, createLogger(err, context.env)),
    context.interrupt,
  );
  if (!composed.ok) {
    err.write(formatProblems(composed.problems, err));
    return EXIT.usage;
  }
  if (options.json) printJson(out, composed.plan);
  else out.write(renderPlan(composed.plan, out));
  return composed.plan.findings.some(({ severity }) => severity === 'stop') ? EXIT.notReady : EXIT.pass;
}
