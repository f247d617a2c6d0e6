import type { Phase } from '../shared/phases.js';
import { PHASES } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import { phaseLengthMs } from './measure-phase.js';
import type { MetricMeasurement, MetricMeasurements, MetricSlice } from './metric-measurement.js';
import type { MetricSeries } from './metric-series.js';
import { histogramScale, selectorKey } from './metric-series.js';
import { addMetricPart, createMetricTally, metricSumOf, type MetricTally } from './metric-tally.js';
import type { Span } from './phase-windows.js';
import type { Second } from './second.js';

/** By phase, and by the index of the series. */
export type MetricTallies = ReadonlyMap<Phase, ReadonlyMap<number, MetricTally>>;

export function createMetricMeasurements(
  series: readonly MetricSeries[],
  all: readonly MetricMeasurement[],
  slices: readonly MetricSlice[],
): MetricMeasurements {
  const places = new Map(all.map((one) => [`${one.phase} ${selectorKey(one.series)}`, one]));
  return { series, all, slices, find: (phase, selector) => places.get(`${phase} ${selectorKey(selector)}`) };
}

export const NO_METRICS: MetricMeasurements = createMetricMeasurements([], [], []);

/** Of each phase that was reached, each series, also where it has no sample. */
export function measureMetrics(
  series: readonly MetricSeries[],
  tallies: MetricTallies,
  of: { readonly spans: readonly Span[]; readonly nowMs: EpochMs; readonly slices: readonly MetricSlice[] },
): MetricMeasurements {
  const all = PHASES.flatMap((phase) => {
    const durationMs = phaseLengthMs(phase, of.spans, of.nowMs);
    if (durationMs === undefined) return [];
    return series.map((one, index): MetricMeasurement => {
      const tally = tallies.get(phase)?.get(index) ?? createMetricTally(one);
      return { series: one, phase, durationMs, scale: histogramScale(one), ...metricSumOf(tally) };
    });
  });
  return createMetricMeasurements(series, all, of.slices);
}

/** The metrics of seconds, as if their samples came one by one. */
export function tallyMetrics(series: readonly MetricSeries[], seconds: readonly Second[]): MetricTallies {
  const tallies = new Map<Phase, Map<number, MetricTally>>();
  for (const part of seconds.flatMap(({ metrics }) => metrics)) {
    const one = series[part.series];
    if (one === undefined) continue;
    const ofPhase = tallies.get(part.phase) ?? new Map<number, MetricTally>();
    tallies.set(part.phase, ofPhase);
    const tally = ofPhase.get(part.series) ?? createMetricTally(one);
    ofPhase.set(part.series, tally);
    addMetricPart(tally, one, part);
  }
  return tallies;
}

export function metricSlicesOf(second: Second, series: readonly MetricSeries[]): readonly MetricSlice[] {
  return second.metrics.flatMap((part): readonly MetricSlice[] => {
    const one = series[part.series];
    if (one === undefined) return [];
    const tally = createMetricTally(one);
    addMetricPart(tally, one, part);
    const { startMs, endMs } = second;
    return [{ series: one, phase: part.phase, startMs, endMs, ...metricSumOf(tally) }];
  });
}
