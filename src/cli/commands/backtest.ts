import { backtest as backtestRuns } from '../../experiments/backtest.js';
import { formatProblems } from '../../experiments/format-problems.js';
import { loadExperiment } from '../../experiments/load-file.js';
import { planSla } from '../../experiments/plan-sla.js';
import { readResult } from '../../experiments/read-result.js';
import { PlimsollError } from '../../shared/errors.js';
import { EXIT } from '../../shared/exit.js';
import type { CliContext } from '../cli-context.js';
import { printJson } from '../print-json.js';
import { renderBacktest } from '../render-backtest.js';
import { reportsFolder } from '../reports-folder.js';

export interface BacktestCommandOptions {
  /** An experiment, of which the objectives are taken. */
  readonly sla: string;
  readonly experiment?: string;
  readonly baseline?: string;
  readonly json?: boolean;
}

/** Says what other objectives would have made of the stored runs. Ends with 0 whatever they would have been. */
export async function backtest(
  folder: string | undefined,
  { sla, experiment, baseline, json }: BacktestCommandOptions,
  context: CliContext,
): Promise<number> {
  const { out, err } = context.terminal;
  const loaded = await loadExperiment(sla);
  if (!loaded.ok) {
    err.write(formatProblems(loaded.problems, err));
    return EXIT.usage;
  }
  const reports = await reportsFolder(folder, context.cwd);
  const accepted = baseline === undefined ? undefined : await readResult(baseline, reports);
  const done = await backtestRuns(reports, planSla(loaded.document), {
    ...(experiment === undefined ? {} : { experiment }),
    ...(accepted === undefined ? {} : { baseline: accepted.result }),
    thresholds: loaded.document.load.k6?.thresholds ?? 'judge',
  });
  if (done.runs.length + done.skipped.length === 0) {
    const of = experiment === undefined ? '' : ` of ${experiment}`;
    throw new PlimsollError('USAGE', `${reports} holds no run${of}`, {
      remedy: 'name the folder of the reports: plimsoll backtest reports --sla stricter.yaml',
    });
  }
  if (json) printJson(out, done);
  else out.write(renderBacktest(done, out));
  return EXIT.pass;
}
