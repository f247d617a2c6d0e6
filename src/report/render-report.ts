import type { Result } from '../experiments/result-schema.js';
import { loadTemplate } from './load-template.js';
import { viewReport, type ReportOptions, type ReportView } from './view-report.js';

/** report.html: one file that needs nothing else. The same result gives the same text. */
export function renderReport(result: Result, options: ReportOptions = {}): string {
  const view: ReportView = viewReport(result, {
    resultHref: options.resultHref ?? 'result.json',
    indexHref: options.indexHref ?? '',
    runFolder: options.runFolder ?? `reports/${result.experiment.name}/${result.run.id}`,
  });
  return loadTemplate('report')(view);
}
