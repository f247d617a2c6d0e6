/**
 * Plimsoll as a library: read and check its files, read a stored run, judge it again, and render it. Nothing here
 * touches a service; runs are the business of the command line.
 *
 * @example
 * import { judgeAgain, loadExperiment, planSla, readResult, renderReport } from 'plimsoll';
 * const { result } = await readResult('20261123-081502-k3f9', 'reports');
 * const stricter = await loadExperiment('stricter.yaml');
 * if (stricter.ok) console.log(judgeAgain(result, planSla(stricter.document)).verdict);
 */

// The files that a user writes.
export type { ConfigDocument } from './experiments/config-schema.js';
export type { ExperimentDocument } from './experiments/experiment-schema.js';
export type { FileProblem, Loaded } from './experiments/file-problem.js';
export { formatProblems } from './experiments/format-problems.js';
export { loadAny, loadConfig, loadExperiment, loadSuite } from './experiments/load-file.js';
export type { SuiteDocument } from './experiments/suite-schema.js';

// The evidence of a run.
export { buildJsonSchema, type SchemaKind } from './experiments/build-json-schema.js';
export { listRuns, type RunEntry } from './experiments/list-runs.js';
export { readResult, type StoredRun } from './experiments/read-result.js';
export { type Result, resultSchema } from './experiments/result-schema.js';
export type { Measurement, Measurements, Slice } from './bench/measurement.js';
export { measureTape, measureWindow, type MeasuredWindow } from './bench/tape-file/measure-tape.js';
export { readTape } from './bench/tape-file/read-tape.js';
export type { StoredTape } from './bench/tape-file/stored-tape.js';

// Judging.
export { backtest, type Backtest, type BacktestOptions } from './experiments/backtest.js';
export { judgeAgain } from './experiments/judge-result.js';
export { planSla } from './experiments/plan-sla.js';
export { type Outcome, worst } from './shared/outcome.js';
export type { Objective, Sla } from './sla/objective.js';

// Reports.
export { renderIndex, type IndexOptions } from './report/render-index.js';
export { renderJunit, type NotRun } from './report/render-junit.js';
export { renderMarkdown } from './report/render-markdown.js';
export { renderReport } from './report/render-report.js';
export type { ReportOptions } from './report/view-report.js';
export { renderSummary, type SummaryOptions } from './report/render-summary.js';
export type { IndexEntry } from './report/view-index.js';

// What is thrown.
export { type ErrorCode, PlimsollError } from './shared/errors.js';
