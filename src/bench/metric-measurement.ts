import type { Phase } from '../shared/phases.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import type { LatencyDistribution } from './measurement.js';
import type { MetricSelector, MetricSeries } from './metric-series.js';

/** What the samples of a metric add up to, in a phase or a second of it. */
export interface MetricSum {
  /** Those that have a value. */
  readonly samples: number;
  /** Those that have none that can be measured: negative ones of a Trend, and what is no number. */
  readonly refused: number;
  /** Of a Rate: those that are true. */
  readonly trues: number;
  readonly sum: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** The latest by its time. */
  readonly last: number | undefined;
  /** Of a Trend, in `scale` times its unit. */
  readonly values: LatencyDistribution | undefined;
}

/** A metric in one phase: the samples whose time lies in it. */
export interface MetricMeasurement extends MetricSum {
  readonly series: MetricSeries;
  readonly phase: Phase;
  readonly durationMs: DurationMs;
  readonly scale: number;
}

/** A metric within one second, counted from the last border. */
export interface MetricSlice extends MetricSum {
  readonly series: MetricSeries;
  readonly phase: Phase;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/** Every metric of a run that was read. */
export interface MetricMeasurements {
  readonly series: readonly MetricSeries[];
  readonly all: readonly MetricMeasurement[];
  readonly slices: readonly MetricSlice[];
  find(phase: Phase, selector: MetricSelector): MetricMeasurement | undefined;
}
