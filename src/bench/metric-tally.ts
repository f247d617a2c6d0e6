import type { Phase } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import type { LatencyRecorder } from './histogram.js';
import {
  addBlock,
  createRecorder,
  distributionOf,
  encodeBlock,
  LONGEST_US,
  recordLatency,
} from './histogram.js';
import type { MetricSum } from './metric-measurement.js';
import type { MetricSeries } from './metric-series.js';
import { histogramScale } from './metric-series.js';

const MILLION = 1e6;
/** Sums of larger values would not be exact. */
const LARGEST = 1e12;

/** The samples of one metric, as they come in. */
export interface MetricTally {
  samples: number;
  refused: number;
  trues: number;
  /** The sum in two whole numbers, so that it does not depend on the order of its parts. */
  sumWhole: number;
  sumMillionths: number;
  min: number;
  max: number;
  last: number;
  lastAtMs: EpochMs;
  /** Of a Trend alone. */
  readonly values: LatencyRecorder | undefined;
}

/** What the samples of one metric in one second add up to. */
export interface MetricPart extends Omit<MetricTally, 'values'> {
  /** In which its samples lie. */
  readonly phase: Phase;
  /** The index of the series. */
  readonly series: number;
  /** Of a Trend: an HDR V2 block, not compressed. */
  readonly block: Uint8Array | undefined;
}

export function createMetricTally({ type }: Pick<MetricSeries, 'type'>): MetricTally {
  return {
    samples: 0,
    refused: 0,
    trues: 0,
    sumWhole: 0,
    sumMillionths: 0,
    min: Infinity,
    max: -Infinity,
    last: 0,
    lastAtMs: -Infinity,
    values: type === 'trend' ? createRecorder() : undefined,
  };
}

/** Never throws: a value that its series cannot hold is refused, and counted as such. */
export function addValue(tally: MetricTally, series: MetricSeries, atMs: EpochMs, value: number): void {
  const scaled = value * histogramScale(series);
  const isMeasurable = Math.abs(value) <= LARGEST && (tally.values === undefined || isHeld(scaled));
  if (!isMeasurable) {
    tally.refused++;
    return;
  }
  tally.samples++;
  if (value !== 0) tally.trues++;
  const whole = Math.floor(value);
  tally.sumWhole += whole;
  tally.sumMillionths += Math.round((value - whole) * MILLION);
  if (value < tally.min) tally.min = value;
  if (value > tally.max) tally.max = value;
  if (atMs >= tally.lastAtMs) {
    tally.last = value;
    tally.lastAtMs = atMs;
  }
  if (tally.values !== undefined) recordLatency(tally.values, scaled);
}

/** A histogram has no place below 0, and none beyond its last bucket that would not be a lie. */
function isHeld(scaled: number): boolean {
  return scaled >= 0 && scaled <= LONGEST_US;
}

/** What a tally holds, as the part of a second. */
export function toMetricPart(kind: Pick<MetricPart, 'phase' | 'series'>, tally: MetricTally): MetricPart {
  const { values, ...sums } = tally;
  return { ...kind, ...sums, block: values === undefined ? undefined : encodeBlock(values) };
}

/** Adds a part of a second, as if its samples came one by one. */
export function addMetricPart(tally: MetricTally, series: MetricSeries, part: MetricPart): void {
  tally.samples += part.samples;
  tally.refused += part.refused;
  tally.trues += part.trues;
  tally.sumWhole += part.sumWhole;
  tally.sumMillionths += part.sumMillionths;
  tally.min = Math.min(tally.min, part.min);
  tally.max = Math.max(tally.max, part.max);
  if (part.lastAtMs >= tally.lastAtMs) {
    tally.last = part.last;
    tally.lastAtMs = part.lastAtMs;
  }
  if (tally.values === undefined || part.block === undefined || part.samples === 0) return;
  const scale = histogramScale(series);
  addBlock(tally.values, part.block, {
    sumUs: Math.round(part.sumWhole * scale),
    sumNs: Math.round((part.sumMillionths * scale) / 1000),
    maxUs: part.max * scale,
  });
}

/** What it holds now; later samples do not change it. */
export function metricSumOf(tally: MetricTally): MetricSum {
  const { samples, refused, trues, sumWhole, sumMillionths, min, max, last, values } = tally;
  const isEmpty = samples === 0;
  return {
    samples,
    refused,
    trues,
    sum: sumWhole + sumMillionths / MILLION,
    min: isEmpty ? undefined : min,
    max: isEmpty ? undefined : max,
    last: isEmpty ? undefined : last,
    values: values === undefined ? undefined : distributionOf(values),
  };
}
