import { join } from 'node:path';
import type { Result } from '../../experiments/result-schema.js';
import { renderJunit } from '../../report/render-junit.js';
import { renderMarkdown } from '../../report/render-markdown.js';
import { renderReport } from '../../report/render-report.js';
import { renderSummary } from '../../report/render-summary.js';
import { readResult } from '../../experiments/read-result.js';
import type { CliContext } from '../cli-context.js';
import { displayPath } from '../display-path.js';
import { EXIT } from '../../shared/exit.js';
import { printJson } from '../print-json.js';
import type { ReportFormat } from '../program-choices.js';
import { reportsFolder } from '../reports-folder.js';
import { writeText } from '../write-text.js';

export interface ReportOptions {
  readonly output?: string;
  readonly format: ReportFormat;
  readonly reports?: string;
}

/** Makes a report of a stored run again. HTML goes beside its result, anything else to stdout, or where -o says. */
export async function report(run: string, options: ReportOptions, context: CliContext): Promise<number> {
  const { result, folder } = await readResult(run, await reportsFolder(options.reports, context.cwd));
  const { out } = context.terminal;
  const path = options.output ?? (options.format === 'html' ? join(folder, 'report.html') : undefined);
  if (path === undefined) {
    if (options.format === 'json') printJson(out, result);
    else
      out.write(
        render(result, folder, options.format, { colour: out.colour, width: out.width() }, context.cwd),
      );
    return EXIT.pass;
  }
  await writeText(path, render(result, folder, options.format, { colour: false, width: 100 }, context.cwd));
  out.write(`${displayPath(path, context.cwd)}\n`);
  return EXIT.pass;
}

function render(
  result: Result,
  folder: string,
  format: ReportFormat,
  look: { readonly colour: boolean; readonly width: number },
  cwd: string,
): string {
  switch (format) {
    case 'html':
      return renderReport(result, { runFolder: displayPath(folder, cwd) });
    case 'md':
      return renderMarkdown({ result, href: displayPath(join(folder, 'report.html'), cwd) });
    case 'junit':
      return renderJunit([result]);
    case 'summary':
      return renderSummary(result, { ...look, reportPath: displayPath(join(folder, 'report.html'), cwd) });
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
  }
}
