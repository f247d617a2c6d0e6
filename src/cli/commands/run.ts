import { dirname, join } from 'node:path';
import { renderJunit } from '../../report/render-junit.js';
import { escapeMarkdown, renderMarkdown } from '../../report/render-markdown.js';
import { renderSummary } from '../../report/render-summary.js';
import { describeVerdict } from '../../report/describe-verdict.js';
import { printable } from '../../report/printable.js';
import type { CliContext } from '../cli-context.js';
import { displayPath } from '../display-path.js';
import { EXIT } from '../../shared/exit.js';
import { exitCodeOfError, exitCodeOfSignal, worstExitCode } from '../exit-codes.js';
import { painter } from '../paint.js';
import { printError } from '../print-error.js';
import { printJson } from '../print-json.js';
import { type ChosenExperiment, notRunOf, runMany } from '../run-many.js';
import { type ComposeRun, type OneRun, runOne } from '../run-one.js';
import { requestOf, type WhereOptions } from '../run-request.js';
import type { StopSignal } from '../watch-signals.js';
import { baselineFolder, hrefFrom, writeBaseline } from '../write-baseline.js';
import { writeText } from '../write-text.js';

export interface RunOptions extends WhereOptions {
  readonly junit?: string;
  readonly markdown?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

type StoredOne = Extract<OneRun, { status: 'stored' }>;

/** Runs the chosen experiments one after another, and exits with the most urgent of their codes. */
export async function run(
  chosen: readonly ChosenExperiment[],
  options: RunOptions,
  context: CliContext,
  compose: ComposeRun,
): Promise<number> {
  const several = chosen.length > 1;
  const { out, err } = context.terminal;
  let baseline: string | undefined;
  const done = await runMany(
    chosen,
    {
      run: async ({ path }) =>
        await runOne(
          requestOf(path, 'run', options),
          {
            quiet: options.quiet === true,
            ...(several
              ? {
                  indexHref: (plan, reports) => {
                    baseline ??= baselineFolder(reports, plan.runId);
                    return hrefFrom(
                      join(reports, plan.experiment.name, plan.runId),
                      join(baseline, 'index.html'),
                    );
                  },
                }
              : {}),
          },
          context,
          compose,
        ),
      onDone: (one) => {
        if (one.status !== 'stored' || options.json) return;
        out.write(options.quiet ? verdictLine(one) : summaryOf(one, several, context));
      },
      note: (message) => {
        if (!options.quiet) err.write(`${message}\n`);
      },
    },
    context,
  );
  const stored = done.filter((one) => one.status === 'stored');
  const notRun = notRunOf(chosen, done);
  const codes = done.map(({ exitCode }) => exitCode);
  if (context.interrupt.aborted) codes.push(exitCodeOfSignal(context.interrupt.reason as StopSignal));
  const write = async (action: () => Promise<void>) => {
    try {
      await action();
    } catch (thrown) {
      printError(err, thrown);
      codes.push(exitCodeOfError(thrown));
    }
  };
  if (baseline !== undefined) {
    const folder = baseline;
    await write(async () => {
      const index = await writeBaseline(
        folder,
        stored.map((one) => one.stored),
        notRun,
      );
      const line = countLine(stored, notRun.length);
      if (!options.json && !options.quiet)
        out.write(`\n${line}\nindex   ${displayPath(index, context.cwd)}\n`);
    });
  }
  const { junit, markdown } = options;
  const results = stored.map((one) => one.stored.result);
  if (junit !== undefined) await write(() => writeText(junit, renderJunit(results, notRun)));
  if (markdown !== undefined) await write(() => writeText(markdown, markdownOf(markdown, stored, notRun)));
  if (options.json && (several || results.length > 0)) printJson(out, several ? results : results[0]);
  // What was chosen and never begun is no pass.
  if (done.length < chosen.length) codes.push(EXIT.inconclusive);
  return worstExitCode(codes);
}

function summaryOf({ stored, reportPath }: StoredOne, several: boolean, { terminal }: CliContext): string {
  const { out } = terminal;
  const summary = renderSummary(stored.result, { colour: out.colour, width: out.width(), reportPath });
  return several ? `${painter(out)('bold', stored.result.experiment.name)}\n${summary}\n` : summary;
}

/** For --quiet: `PASS order-submit-network-delay: the SLA held under 200 ms of delay`. */
function verdictLine({ stored }: StoredOne): string {
  const { word, headline } = describeVerdict(stored.result);
  return `${word} ${stored.result.experiment.name}: ${printable(headline)}\n`;
}

function countLine(stored: readonly StoredOne[], notRun: number): string {
  const count = (outcome: string) =>
    stored.filter((one) => one.stored.result.verdict.outcome === outcome).length;
  const parts = [
    `${count('pass')} pass`,
    `${count('breach')} breach`,
    `${count('inconclusive')} inconclusive`,
    ...(notRun === 0 ? [] : [`${notRun} not run`]),
  ];
  return `${stored.length + notRun} experiments: ${parts.join(', ')}`;
}

function markdownOf(
  path: string,
  stored: readonly StoredOne[],
  notRun: readonly { readonly name: string; readonly reason: string }[],
): string {
  const entries = stored.map((one) => ({
    result: one.stored.result,
    href: hrefFrom(dirname(path), one.reportPath),
  }));
  const left = notRun.map(
    ({ name, reason }) => `- **NOT RUN** ${escapeMarkdown(name)}: ${escapeMarkdown(reason)}\n`,
  );
  return `${renderMarkdown(entries)}${left.join('')}`;
}
