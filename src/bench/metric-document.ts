import type { Phase } from '../shared/phases.js';
import { encodedDistribution } from './encoded-distribution.js';
import { createMetricMeasurements } from './measure-metrics.js';
import type { MetricMeasurement, MetricMeasurements, MetricSlice, MetricSum } from './metric-measurement.js';
import type { MetricContents, MetricSeries, MetricType } from './metric-series.js';
import { histogramScale, selectorKey } from './metric-series.js';

/** What samples add up to, as result.json holds it; null where there was none. */
export interface MetricSumDocument {
  samples: number;
  refused: number;
  trues: number;
  sum: number;
  min: number | null;
  max: number | null;
  last: number | null;
  /** Of a Trend alone. */
  histogram?: string | undefined;
}

/** A metric as result.json holds it, phase by phase and second by second. */
export interface MetricDocument {
  name: string;
  tags: Record<string, string>;
  type: MetricType;
  contains: MetricContents;
  phases: (MetricSumDocument & {
    phase: Phase;
    durationMs: number;
    p50: number | null;
    p95: number | null;
    p99: number | null;
  })[];
  series: (MetricSumDocument & { phase: Phase; startMs: number; endMs: number })[];
}

export function metricsToDocument({ series, all, slices }: MetricMeasurements): MetricDocument[] {
  return series.map((one) => {
    const isOne = (other: { readonly series: MetricSeries }) =>
      selectorKey(other.series) === selectorKey(one);
    const { name, tags, type, contains } = one;
    return {
      name,
      tags: { ...tags },
      type,
      contains,
      phases: all.filter(isOne).map((measurement) => ({
        phase: measurement.phase,
        durationMs: measurement.durationMs,
        ...toSumDocument(measurement),
        p50: percentileOf(measurement, 50),
        p95: percentileOf(measurement, 95),
        p99: percentileOf(measurement, 99),
      })),
      series: slices.filter(isOne).map((slice) => ({
        phase: slice.phase,
        startMs: slice.startMs,
        endMs: slice.endMs,
        ...toSumDocument(slice),
      })),
    };
  });
}

/** Every number that judging needs is again what it was. */
export function metricsFromDocument(documents: readonly MetricDocument[]): MetricMeasurements {
  const all: MetricMeasurement[] = [];
  const slices: MetricSlice[] = [];
  const series = documents.map(({ name, tags, type, contains }) => ({ name, tags, type, contains }));
  for (const [index, { phases, series: seconds }] of documents.entries()) {
    const one = series[index];
    if (one === undefined) continue;
    const scale = histogramScale(one);
    for (const { phase, durationMs, ...sum } of phases) {
      all.push({ series: one, phase, durationMs, scale, ...fromSumDocument(sum) });
    }
    for (const { phase, startMs, endMs, ...sum } of seconds) {
      slices.push({ series: one, phase, startMs, endMs, ...fromSumDocument(sum) });
    }
  }
  return createMetricMeasurements(series, all, slices);
}

/** As every export writes it. */
export function toSumDocument({
  samples,
  refused,
  trues,
  sum,
  min,
  max,
  last,
  values,
}: MetricSum): MetricSumDocument {
  return {
    samples,
    refused,
    trues,
    sum,
    min: min ?? null,
    max: max ?? null,
    last: last ?? null,
    ...(values === undefined ? {} : { histogram: values.encode() }),
  };
}

function fromSumDocument(document: MetricSumDocument): MetricSum {
  const { samples, refused, trues, sum, min, max, last, histogram } = document;
  return {
    samples,
    refused,
    trues,
    sum,
    min: min ?? undefined,
    max: max ?? undefined,
    last: last ?? undefined,
    values: histogram === undefined ? undefined : encodedDistribution(histogram),
  };
}

function percentileOf({ values, scale }: MetricMeasurement, percent: number): number | null {
  const scaled = values?.percentileUs(percent);
  return scaled === undefined ? null : scaled / scale;
}
