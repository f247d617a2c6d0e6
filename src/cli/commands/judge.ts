import { formatProblems } from '../../experiments/format-problems.js';
import { judgeAgain } from '../../experiments/judge-result.js';
import { loadExperiment } from '../../experiments/load-file.js';
import { planSla } from '../../experiments/plan-sla.js';
import { readResult } from '../../experiments/read-result.js';
import { renderSummary } from '../../report/render-summary.js';
import { observeAgain } from '../observe-again.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import { printJson } from '../print-json.js';
import { reportsFolder } from '../reports-folder.js';
import { writeText } from '../write-text.js';

export interface JudgeOptions {
  /** An experiment, of which the objectives are taken. */
  readonly sla: string;
  readonly baseline?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly reports?: string;
}

/** Judges what a stored run has measured by other objectives. Nothing runs, and the stored result stays as it is. */
export async function judge(run: string, options: JudgeOptions, context: CliContext): Promise<number> {
  const { out, err } = context.terminal;
  const loaded = await loadExperiment(options.sla);
  if (!loaded.ok) {
    err.write(formatProblems(loaded.problems, err));
    return EXIT.usage;
  }
  const reports = await reportsFolder(options.reports, context.cwd);
  const { result } = await readResult(run, reports);
  const baseline = options.baseline === undefined ? undefined : await readResult(options.baseline, reports);
  const sla = planSla(loaded.document);
  const observed = await observeAgain(result, sla, context);
  const judged = judgeAgain(observed, sla, baseline?.result, loaded.document.load.k6?.thresholds);
  if (options.output !== undefined) await writeText(options.output, `${JSON.stringify(judged, null, 2)}\n`);
  if (options.json) printJson(out, judged);
  else out.write(renderSummary(judged, { colour: out.colour, width: out.width() }));
  return judged.run.exitCode;
}
