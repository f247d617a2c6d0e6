import type { MetricAnswer, MetricRange, MetricSeries, MetricSource } from '../observe/metric-source.js';
import { readPromql } from '../observe/read-promql.js';
import type { EpochMs } from '../shared/time.js';
import { formatDuration } from '../shared/units.js';
import type { JudgedPhase } from '../sla/objective.js';
import type { Observation, ObservedValue } from '../sla/observation.js';
import type { PrometheusQuery } from '../sla/prometheus-query.js';
import { describeWhen } from '../sla/prometheus-query.js';
import { newestSample } from './await-samples.js';

/** The window of a phase that is judged. */
export interface JudgedWindow {
  readonly phase: JudgedPhase;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/**
 * Asks for the query over exactly the window, and keeps what was answered. Nothing of before the window is read: the
 * first point lies behind its start by as much as the expression looks back, and points whose newest sample is older
 * than the window are left out. Rejects with the signal's reason alone.
 */
export async function readObservationOf(
  query: PrometheusQuery,
  window: JudgedWindow,
  source: MetricSource,
  signal: AbortSignal,
): Promise<Observation> {
  const { phase } = window;
  const named = {
    phase,
    query: query.query,
    when: describeWhen(query.evaluation),
    phaseStartMs: Math.floor(window.startMs),
  };
  const missing = (reason: string): Observation => ({ ...named, status: 'missing', reason });
  const range = rangeOf(query, window);
  if (range === undefined) {
    const length = formatDuration(window.endMs - window.startMs);
    return missing(`it is to be asked ${named.when}, and the ${phase} phase took ${length}`);
  }
  const answer = await ask(source, query.query, range, signal);
  if (answer.status !== 'answered') return missing(answer.reason);
  const [series, ...others] = answer.series;
  if (others.length > 0) return missing(describeMany(answer.series));
  const values = pointsOf(series, range);
  const ages = await readAges(query.query, range, source, signal);
  const old = ages.findLastIndex((ageMs) => ageMs !== undefined && ageMs < window.startMs) + 1;
  const newestMs = ages.at(-1);
  if (old === values.length && newestMs !== undefined) {
    return missing(
      `its newest sample is ${formatDuration(window.startMs - newestMs)} older than the ${phase} phase`,
    );
  }
  const untilMs = await knownUntil(query.query, source, signal);
  const late = values.map((value, index) => (timeOf(range, index) > untilMs ? null : value));
  return {
    ...named,
    status: 'read',
    firstMs: timeOf(range, old),
    stepMs: range.stepMs,
    values: late.slice(old),
    ...(untilMs < range.endMs
      ? { note: `the newest sample is ${formatDuration(range.endMs - untilMs)} older than the last point` }
      : {}),
  };
}

/** The points at which it is evaluated; undefined where its one point lies behind the window. */
function rangeOf({ query, evaluation }: PrometheusQuery, { startMs, endMs }: JudgedWindow) {
  if (evaluation.kind === 'instant') {
    const atMs = Math.floor(evaluation.at === 'end' ? endMs : startMs + evaluation.at);
    return atMs > endMs ? undefined : { startMs: atMs, endMs: atMs, stepMs: 0 };
  }
  const { stepMs } = evaluation;
  const lastMs = Math.floor(endMs);
  const { lookbackMs } = readPromql(query);
  const steps = Math.max(0, Math.floor((lastMs - startMs - lookbackMs) / stepMs));
  return { startMs: lastMs - steps * stepMs, endMs: lastMs, stepMs };
}

async function ask(
  source: MetricSource,
  query: string,
  range: MetricRange,
  signal: AbortSignal,
): Promise<MetricAnswer> {
  return range.startMs === range.endMs
    ? await source.query(query, range.endMs, signal)
    : await source.queryRange(query, range, signal);
}

function timeOf({ startMs, stepMs }: MetricRange, index: number): EpochMs {
  return startMs + index * stepMs;
}

function countOf({ startMs, endMs, stepMs }: MetricRange): number {
  return stepMs === 0 ? 1 : Math.round((endMs - startMs) / stepMs) + 1;
}

/** By place; null where the series has no point. */
function pointsOf(series: MetricSeries | undefined, range: MetricRange): ObservedValue[] {
  return placed(series, range).map((value) => (value === undefined ? null : toObserved(value)));
}

function placed(series: MetricSeries | undefined, range: MetricRange): (number | undefined)[] {
  const values: (number | undefined)[] = Array.from({ length: countOf(range) }, () => undefined);
  for (const { atMs, value } of series?.points ?? []) {
    const index = range.stepMs === 0 ? 0 : Math.round((atMs - range.startMs) / range.stepMs);
    if (index >= 0 && index < values.length) values[index] = value;
  }
  return values;
}

function toObserved(value: number): ObservedValue {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** By point: when the newest sample that it shows was taken, of the selector where that is longest ago. */
async function readAges(
  query: string,
  range: MetricRange,
  source: MetricSource,
  signal: AbortSignal,
): Promise<readonly (EpochMs | undefined)[]> {
  let oldest: readonly (EpochMs | undefined)[] = Array.from({ length: countOf(range) }, () => undefined);
  for (const selector of readPromql(query).selectors) {
    const answer = await ask(source, `max(timestamp(${selector}))`, range, signal);
    const times = placed(answer.status === 'answered' ? answer.series[0] : undefined, range);
    oldest = oldest.map((before, index) => {
      const seconds = times[index];
      return seconds === undefined ? before : Math.min(before ?? Infinity, seconds * 1000);
    });
  }
  return oldest;
}

/** Up to when everything is known that the query reads: what is yet to be scraped may change the points after it. */
async function knownUntil(query: string, source: MetricSource, signal: AbortSignal): Promise<EpochMs> {
  let untilMs = Infinity;
  for (const selector of readPromql(query).selectors) {
    untilMs = Math.min(untilMs, (await newestSample(source, selector, signal)) ?? Infinity);
  }
  return untilMs;
}

function describeMany(series: readonly MetricSeries[]): string {
  const labels = Object.entries(series[0]?.labels ?? {})
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}="${value}"`);
  const first = labels.length === 0 ? '' : `, the first of {${labels.join(', ')}}`;
  return `it gives ${series.length} series${first}; make one number of them, such as max(...) or sum(...)`;
}
