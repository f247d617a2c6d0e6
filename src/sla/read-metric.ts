import type { Measurements } from '../bench/measurement.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import type { MetricMeasurement } from '../bench/metric-measurement.js';
import type { MetricType } from '../bench/metric-series.js';
import { didYouMean } from '../shared/nearest-name.js';
import { formatCount } from '../shared/units.js';
import { nameOfStatistic, selectorOf } from './describe-metric.js';
import type { Reading } from './judgement.js';
import type { JudgedPhase, MetricIndicator, MetricStatistic, Objective } from './objective.js';

/** What k6 calls them, and what there is to read of each. */
const TYPES: Readonly<Record<MetricType, { readonly noun: string; readonly reads: string }>> = {
  trend: { noun: 'a Trend', reads: '"p95" (any percentile), "mean", "min", "max" or "count"' },
  rate: { noun: 'a Rate', reads: 'a share, with a limit such as 99%' },
  counter: { noun: 'a Counter', reads: '"count", or "rate" with a limit such as 50/s' },
  gauge: { noun: 'a Gauge', reads: '"last", "min" or "max"' },
};

/** What a metric of the load was in a phase. Where nothing was told there is no reading, not even 0. */
export function readMetric(
  indicator: MetricIndicator,
  tags: Objective['tags'],
  phase: JudgedPhase,
  measurements: Measurements,
  cutShort?: string,
): Reading {
  const whole = measurements.find(phase, ALL_ENDPOINTS);
  if (whole === undefined) return missing(cutShort ?? `the ${phase} phase was never reached`);
  const metric = measurements.metrics.find(phase, selectorOf(indicator, tags));
  if (metric === undefined) return missing(describeUnknown(indicator, tags, measurements));
  const { type } = metric.series;
  const { statistic, unit } = indicator;
  if (statistic.kind !== 'count' && metric.refused > 0) return missing(describeRefused(metric));
  const read = readerOf(statistic, unit, type);
  if (read === undefined) {
    const { noun, reads } = TYPES[type];
    const what =
      statistic.kind === 'value' ? '' : `, which has no ${nameOfStatistic(statistic)}${inUnit(unit)}`;
    return missing(`${indicator.name} is ${noun}${what}; it has ${reads}`);
  }
  // What was counted elsewhere in the run, and not here while requests were made, was counted as none.
  const isCountedAsNone = metric.samples === 0 && type === 'counter' && whole.requests > 0;
  const samples = isCountedAsNone ? whole.requests : metric.samples;
  const value = isCountedAsNone ? 0 : read(metric);
  if (samples === 0 || value === undefined) {
    const why = cutShort === undefined ? '' : `, since ${cutShort}`;
    return missing(`the load gave no sample of it in the ${phase} phase${why}`);
  }
  return { status: 'measured', value, unit, samples };
}

/** Whether it reads what was counted in all, which grows with the length of its phase. */
export function isSumOf(
  indicator: MetricIndicator,
  tags: Objective['tags'],
  phase: JudgedPhase,
  { metrics }: Measurements,
): boolean {
  const { statistic, unit } = indicator;
  const type = metrics.find(phase, selectorOf(indicator, tags))?.series.type;
  return statistic.kind === 'count' || (statistic.kind === 'value' && type === 'counter' && unit === 'plain');
}

type Reader = (metric: MetricMeasurement) => number | undefined;

const share: Reader = ({ trues, samples }) => (samples === 0 ? undefined : trues / samples);
const total: Reader = ({ sum }) => sum;
const perSecond: Reader = ({ sum, durationMs }) => (durationMs > 0 ? (sum * 1000) / durationMs : undefined);

/** How the statistic is read of a metric of that type; undefined where it has none. */
function readerOf(
  statistic: MetricStatistic,
  unit: MetricIndicator['unit'],
  type: MetricType,
): Reader | undefined {
  switch (statistic.kind) {
    case 'percentile':
      return ifType(type, ['trend'], (metric) => percentileOf(metric, statistic.percent));
    case 'mean':
      return ifType(type, ['trend'], ({ sum, samples }) => (samples === 0 ? undefined : sum / samples));
    case 'min':
      return ifType(type, ['trend', 'gauge'], ({ min }) => min);
    case 'max':
      return ifType(type, ['trend', 'gauge'], ({ max }) => max);
    case 'last':
      return ifType(type, ['gauge'], ({ last }) => last);
    case 'count':
      return type === 'counter' ? total : ({ samples, refused }) => samples + refused;
    case 'rate':
      if (type === 'rate') return unit === 'per-second' ? undefined : share;
      return unit === 'share' ? undefined : ifType(type, ['counter'], perSecond);
    case 'value':
      return clearBy(unit, type);
  }
}

/** The one-argument form: what the type alone makes clear. */
function clearBy(unit: MetricIndicator['unit'], type: MetricType): Reader | undefined {
  switch (type) {
    case 'rate':
      return unit === 'per-second' ? undefined : share;
    case 'counter':
      return unit === 'share' ? undefined : unit === 'per-second' ? perSecond : total;
    case 'gauge':
      return unit === 'plain' ? ({ last }) => last : undefined;
    case 'trend':
      return undefined;
  }
}

function ifType(type: MetricType, types: readonly MetricType[], read: Reader): Reader | undefined {
  return types.includes(type) ? read : undefined;
}

function percentileOf({ values, scale }: MetricMeasurement, percent: number): number | undefined {
  const scaled = values?.percentileUs(percent);
  return scaled === undefined ? undefined : scaled / scale;
}

function describeRefused({ refused, samples }: MetricMeasurement): string {
  const all = refused + samples;
  return (
    `${formatCount(refused)} of its ${formatCount(all)} ${all === 1 ? 'value' : 'values'} cannot be measured: ` +
    'negative, no number, too large, or of a request without a response'
  );
}

function describeUnknown(
  { name, check }: MetricIndicator,
  tags: Objective['tags'],
  { metrics }: Measurements,
): string {
  const written = Object.entries(tags).map(([key, value]) => `${key}="${value}"`);
  const known = [...new Set(metrics.series.map((series) => series.name))];
  const what = check === undefined ? `metric "${name}"` : `check "${check}"`;
  const which = written.length === 0 ? what : `${what} with ${written.join(', ')}`;
  const hint = check !== undefined || known.includes(name) ? '' : didYouMean(name, known);
  return hint === ''
    ? `the load has told of no ${which}; that takes a k6 script that has it, and an objective of the run itself that names it`
    : `the load has told of no ${which}${hint}`;
}

function inUnit(unit: MetricIndicator['unit']): string {
  return unit === 'share' ? ' in percent' : unit === 'per-second' ? ' per second' : '';
}

function missing(reason: string): Reading {
  return { status: 'missing', reason };
}
