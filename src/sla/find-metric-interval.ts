import type { Measurements } from '../bench/measurement.js';
import type { MetricMeasurement } from '../bench/metric-measurement.js';
import { selectorOf } from './describe-metric.js';
import type { Evidence } from './evidence.js';
import { intervalAgainstLimit } from './interval-against-limit.js';
import type { JudgedPhase, MetricIndicator, Objective } from './objective.js';
import type { Interval } from './statistics/interval.js';
import { percentileInterval } from './statistics/percentile-interval.js';
import { createBlocks } from './statistics/second-blocks.js';
import { createWidening } from './statistics/widening.js';

/**
 * Where a percentile of a metric lies in a phase, by the rules for those of requests: from its own seconds, none in the
 * steady phase, and for a relative limit with the uncertainty of both readings. Undefined for what is counted.
 */
export function findMetricInterval(
  objective: Objective,
  phase: JudgedPhase,
  { measurements, baseline, errorShare = 1 }: Pick<Evidence, 'measurements' | 'baseline' | 'errorShare'>,
): Interval | undefined {
  const { indicator, tags, limit, confidence } = objective;
  if (indicator.kind !== 'metric' || indicator.statistic.kind !== 'percentile') return undefined;
  if (confidence === 'point' || phase === 'steady') return undefined;
  const { percent } = indicator.statistic;
  const read = (of: Measurements | undefined, where: JudgedPhase) =>
    readWithInterval(of, where, { indicator, tags, percent, errorShare });
  const own = read(measurements, phase);
  if (limit.kind === 'absolute' || own === undefined) return own?.interval;
  const other = limit.of === 'steady' ? read(measurements, 'steady') : read(baseline, phase);
  if (other === undefined) return undefined;
  return intervalAgainstLimit(own, other, limit);
}

interface AskedPercentile {
  readonly indicator: MetricIndicator;
  readonly tags: Objective['tags'];
  readonly percent: number;
  readonly errorShare: number;
}

function readWithInterval(
  measurements: Measurements | undefined,
  phase: JudgedPhase,
  { indicator, tags, percent, errorShare }: AskedPercentile,
): { readonly value: number; readonly interval: Interval } | undefined {
  const metric = measurements?.metrics.find(phase, selectorOf(indicator, tags));
  const value = metric?.values?.percentileUs(percent);
  if (measurements === undefined || metric?.values === undefined || value === undefined) return undefined;
  const interval = percentileInterval(
    metric.values.buckets(),
    percent,
    createWidening(createBlocks(secondsOf(measurements, metric))),
    errorShare,
  );
  if (interval === undefined) return undefined;
  const { scale } = metric;
  return {
    value: value / scale,
    interval: { ...interval, low: interval.low / scale, high: interval.high / scale },
  };
}

function secondsOf({ metrics }: Measurements, { series, phase }: MetricMeasurement) {
  return metrics.slices
    .filter((slice) => slice.series === series && slice.phase === phase)
    .map(({ values }) => values?.buckets() ?? []);
}
