import type { Result } from '../experiments/result-schema.js';
import { loadTemplate } from './load-template.js';
import { viewReport, type ReportView } from './view-report.js';

export interface ReportOptions {
  /** Where result.json lies, seen from the report. */
  readonly resultHref?: string;
  /** Where the index of all runs lies, seen from the report; left out where there is none. */
  readonly indexHref?: string;
  /** The run's folder as the reader would type it, for the commands in the report. */
  readonly runFolder?: string;
}

/** report.html: one file that needs nothing else. The same result gives the same text. */
export function renderReport(result: Result, options: ReportOptions = {}): string {
  const view: ReportView = viewReport(result, {
    resultHref: options.resultHref ?? 'result.json',
    indexHref: options.indexHref ?? '',
    runFolder: options.runFolder ?? `reports/${result.experiment.name}/${result.run.id}`,
  });
  return loadTemplate('report')(view);
}
