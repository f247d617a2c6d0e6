import { join } from 'node:path';
import { formatProblems } from '../experiments/format-problems.js';
import type { Plan } from '../experiments/plan.js';
import { RESULT_FILE } from '../experiments/store-result.js';
import { renderReport } from '../report/render-report.js';
import { messageOf, PlimsollError } from '../shared/errors.js';
import type { CliContext } from './cli-context.js';
import { createProgress, SILENT_PROGRESS } from './create-progress.js';
import { createLogger } from './create-logger.js';
import { displayPath } from './display-path.js';
import { EXIT } from '../shared/exit.js';
import { exitCodeOfError, exitCodeOfSignal, worstExitCode } from './exit-codes.js';
import { findingLines, stopLine } from './format-findings.js';
import { createLiveRegion } from './live-region.js';
import type { composeRun, RunRequest } from './compose-run.js';
import type { StoredRun } from './execute-run.js';
import { formatError, printError } from './print-error.js';
import { runHead } from './run-head.js';
import { surroundingsOf } from './run-request.js';
import { observeBoth, trackLiveFaults } from './track-live-faults.js';
import type { StopSignal } from './watch-signals.js';
import { writeText } from './write-text.js';

export type ComposeRun = typeof composeRun;

/** What became of one experiment. */
export type OneRun =
  | {
      readonly status: 'stored';
      readonly stored: StoredRun;
      /** The path of its report, or of the result where there is none, as somebody in the working folder would type it. */
      readonly reportPath: string;
      readonly exitCode: number;
    }
  | {
      readonly status: 'not-run';
      readonly experimentPath: string;
      /** Why, in a sentence; it has been printed already. */
      readonly reason: string;
      readonly exitCode: number;
    };

export interface RunOneOptions {
  readonly quiet: boolean;
  /** Where the index of all runs will lie, seen from a run's folder. */
  readonly indexHref?: (plan: Plan, reports: string) => string;
}

/** Plans, runs and reports one experiment, with its display on stderr. Never rejects. */
export async function runOne(
  request: RunRequest,
  options: RunOneOptions,
  context: CliContext,
  compose: ComposeRun,
): Promise<OneRun> {
  const { err } = context.terminal;
  const region = createLiveRegion(err);
  const logger = createLogger({ ...err, write: region.print }, context.env);
  const notRun = (reason: string, exitCode: number): OneRun => ({
    status: 'not-run',
    experimentPath: request.experimentPath,
    reason,
    exitCode,
  });
  const { interrupt } = context;
  try {
    const composed = await compose(request, surroundingsOf(context, logger), interrupt);
    if (!composed.ok) {
      region.print(formatProblems(composed.problems, err));
      return notRun(composed.problems[0]?.message ?? 'the file is invalid', EXIT.usage);
    }
    const { plan } = composed;
    const stop = stopLine(plan.findings);
    if (stop !== '') {
      const lines = findingLines(plan.findings, err).map((line) => `  ${line}`);
      region.print([plan.experiment.name, ...lines, `${stop}; nothing was touched.`, ''].join('\n'));
      const first = plan.findings.find(({ severity }) => severity === 'stop');
      return notRun(first?.message ?? stop, EXIT.notReady);
    }
    if (!options.quiet) region.print(runHead(plan, { colour: err.colour, chosen: request.generator }));
    const progress = options.quiet ? SILENT_PROGRESS : createProgress(err, region, context.clock);
    const tracked = trackLiveFaults(context.liveFaults, plan.environment.name);
    const announce = () => {
      region.print(`${interruptLine(context)}\n`);
    };
    interrupt.addEventListener('abort', announce, { once: true });
    let how: 'done' | 'failed' = 'failed';
    let stored: StoredRun;
    try {
      stored = await composed.execute(observeBoth(tracked, progress.observer), interrupt);
      how = 'done';
    } finally {
      interrupt.removeEventListener('abort', announce);
      progress.close(how);
    }
    const { exitCode } = stored.result.run;
    if (exitCode !== EXIT.faultMayBeLive) context.liveFaults.set(undefined);
    return await reportOn(stored, options.indexHref?.(plan, composed.reports), context);
  } catch (thrown) {
    const signal = interrupt.aborted ? (interrupt.reason as StopSignal) : undefined;
    if (signal !== undefined && isInterruption(thrown, interrupt)) {
      return notRun('interrupted before it began', exitCodeOfSignal(signal));
    }
    region.print(formatError(thrown, err));
    const codes = [exitCodeOfError(thrown), ...(signal === undefined ? [] : [exitCodeOfSignal(signal)])];
    return notRun(messageOf(thrown), worstExitCode(codes));
  }
}

/** An abort that nobody had to clean up after comes back as the signal's reason, or as what a wait made of it. */
function isInterruption(thrown: unknown, signal: AbortSignal): boolean {
  return (
    thrown === signal.reason ||
    (thrown instanceof Error && thrown.name === 'AbortError') ||
    (thrown instanceof PlimsollError && thrown.code === 'INTERRUPTED')
  );
}

function interruptLine({ liveFaults }: CliContext): string {
  const live = liveFaults.get();
  return live === undefined
    ? '  interrupted: stopping load and services ...'
    : `  interrupted: taking the fault out (${live.faults.join(', ')}); a second signal leaves at once ...`;
}

/** A run whose report cannot be written is still that run, with its verdict. */
async function reportOn(
  stored: StoredRun,
  indexHref: string | undefined,
  { cwd, terminal }: CliContext,
): Promise<OneRun> {
  const { result, folder } = stored;
  const path = join(folder, 'report.html');
  const html = renderReport(result, {
    runFolder: displayPath(folder, cwd),
    ...(indexHref === undefined ? {} : { indexHref }),
  });
  const { exitCode } = result.run;
  try {
    await writeText(path, html);
    return { status: 'stored', stored, reportPath: displayPath(path, cwd), exitCode };
  } catch (thrown) {
    printError(terminal.err, thrown);
    const reportPath = displayPath(join(folder, RESULT_FILE), cwd);
    return { status: 'stored', stored, reportPath, exitCode: worstExitCode([exitCode, EXIT.notReady]) };
  }
}
