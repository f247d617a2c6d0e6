import type { Phase, PhaseWindow } from '../shared/phases.js';
import { type MetricDocument, metricsFromDocument, metricsToDocument } from './metric-document.js';
import { createMeasurements } from './create-measurements.js';
import { encodedDistribution } from './encoded-distribution.js';
import { decodeDistribution } from './histogram.js';
import type {
  LatencyDistribution,
  Measurement,
  Measurements,
  Slice,
  TaggedMeasurement,
} from './measurement.js';

/** A measurement as result.json holds it: times in milliseconds, null where there was no sample. */
export interface MeasurementDocument {
  phase: Phase;
  endpoint: string;
  durationMs: number;
  requests: number;
  failures: number;
  noResponse: number;
  setApart: number;
  outlived: number;
  dropped: number;
  ratePerSecond: number;
  p50Ms: number | null;
  p90Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  p999Ms: number | null;
  meanMs: number | null;
  maxMs: number | null;
  histogram: string;
  failedHistogram: string;
  /** Of the failed requests alone; missing in older results. */
  failedMeanMs?: number | null;
  failedMaxMs?: number | null;
  /** The phase without its outlived requests, where there were any. */
  withinWindow?: {
    failures: number;
    meanMs: number | null;
    maxMs: number | null;
    histogram: string;
    failedHistogram?: string;
    failedMeanMs?: number | null;
    failedMaxMs?: number | null;
  };
}

/** The part of an endpoint that has these tags. */
export interface TaggedDocument extends MeasurementDocument {
  tags: Record<string, string>;
}

/** A slice as result.json holds it. */
export interface SliceDocument {
  startMs: number;
  endMs: number;
  phase: Slice['phase'];
  requests: number;
  failures: number;
  dropped: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  histogram: string;
  /** Where requests failed. */
  failedHistogram?: string;
}

/** What a result keeps of the measurements; `measurementsFromDocument` makes the same of it again. */
export interface MeasurementsDocument {
  measurements: MeasurementDocument[];
  /** There only where objectives name tags besides the endpoint. */
  tagged?: TaggedDocument[];
  series: SliceDocument[];
  /** There only where objectives name metrics of the load. */
  metrics?: MetricDocument[];
}

export function measurementsToDocument(measurements: Measurements): MeasurementsDocument {
  return {
    measurements: measurements.all.map(toMeasurementDocument),
    ...(measurements.tagged.length === 0
      ? {}
      : {
          tagged: measurements.tagged.map((one) => ({
            ...toMeasurementDocument(one),
            tags: { ...one.tags },
          })),
        }),
    series: measurements.slices.map(toSliceDocument),
    ...(measurements.metrics.series.length === 0 ? {} : { metrics: metricsToDocument(measurements.metrics) }),
  };
}

/**
 * Every number that judging needs is again what it was.
 * @throws {PlimsollError} USAGE where a histogram cannot be read.
 */
export function measurementsFromDocument(document: {
  readonly measurements: readonly MeasurementDocument[];
  readonly tagged?: readonly TaggedDocument[] | undefined;
  readonly series: readonly SliceDocument[];
  readonly metrics?: readonly MetricDocument[] | undefined;
  readonly windows: readonly PhaseWindow[];
}): Measurements {
  return createMeasurements(
    document.measurements.map(fromMeasurementDocument),
    document.series.map(fromSliceDocument),
    document.windows,
    (document.tagged ?? []).map((one): TaggedMeasurement => ({
      ...fromMeasurementDocument(one),
      tags: one.tags,
    })),
    metricsFromDocument(document.metrics ?? []),
  );
}

function toMeasurementDocument(measurement: Measurement): MeasurementDocument {
  const { latency, failedLatency, withinWindow, durationMs, requests } = measurement;
  return {
    ...countsOf(measurement),
    ratePerSecond: durationMs > 0 ? (requests * 1000) / durationMs : 0,
    p50Ms: percentileMs(latency, 50),
    p90Ms: percentileMs(latency, 90),
    p95Ms: percentileMs(latency, 95),
    p99Ms: percentileMs(latency, 99),
    p999Ms: percentileMs(latency, 99.9),
    ...exactMs(latency),
    histogram: latency.encode(),
    ...failedToDocument(failedLatency),
    ...(withinWindow === undefined
      ? {}
      : {
          withinWindow: {
            failures: withinWindow.failures,
            ...exactMs(withinWindow.latency),
            histogram: withinWindow.latency.encode(),
            ...(withinWindow.failedLatency === undefined ? {} : failedToDocument(withinWindow.failedLatency)),
          },
        }),
  };
}

function fromMeasurementDocument(document: MeasurementDocument): Measurement {
  const { withinWindow, requests, outlived } = document;
  return {
    ...countsOf(document),
    ...(withinWindow === undefined
      ? {}
      : {
          withinWindow: {
            requests: requests - outlived,
            failures: withinWindow.failures,
            latency: readDistribution(withinWindow),
            ...(withinWindow.failedHistogram === undefined
              ? {}
              : {
                  failedLatency: failedFromDocument({
                    ...withinWindow,
                    failedHistogram: withinWindow.failedHistogram,
                  }),
                }),
          },
        }),
    latency: readDistribution(document),
    failedLatency: failedFromDocument(document),
  };
}

/** What both forms have in common. */
function countsOf({
  phase,
  endpoint,
  durationMs,
  requests,
  failures,
  noResponse,
  setApart,
  outlived,
  dropped,
}: Measurement | MeasurementDocument) {
  return { phase, endpoint, durationMs, requests, failures, noResponse, setApart, outlived, dropped };
}

type FailedDocument = Pick<MeasurementDocument, 'failedHistogram' | 'failedMeanMs' | 'failedMaxMs'>;

function failedToDocument(failed: LatencyDistribution): FailedDocument {
  const { meanMs, maxMs } = exactMs(failed);
  return { failedHistogram: failed.encode(), failedMeanMs: meanMs, failedMaxMs: maxMs };
}

function failedFromDocument({
  failedHistogram,
  failedMeanMs = null,
  failedMaxMs = null,
}: FailedDocument): LatencyDistribution {
  return readDistribution({ histogram: failedHistogram, meanMs: failedMeanMs, maxMs: failedMaxMs });
}

function toSliceDocument(slice: Slice): SliceDocument {
  const { latency, failedLatency, startMs, endMs, phase, requests, failures, dropped } = slice;
  return {
    startMs,
    endMs,
    phase,
    requests,
    failures,
    dropped,
    p50Ms: percentileMs(latency, 50),
    p95Ms: percentileMs(latency, 95),
    p99Ms: percentileMs(latency, 99),
    histogram: latency.encode(),
    ...(failedLatency === undefined ? {} : { failedHistogram: failedLatency.encode() }),
  };
}

function fromSliceDocument(document: SliceDocument): Slice {
  const { startMs, endMs, phase, requests, failures, dropped } = document;
  return {
    startMs,
    endMs,
    phase,
    requests,
    failures,
    dropped,
    latency: encodedDistribution(document.histogram),
    ...(document.failedHistogram === undefined
      ? {}
      : { failedLatency: encodedDistribution(document.failedHistogram) }),
  };
}

function readDistribution(document: {
  readonly meanMs: number | null;
  readonly maxMs: number | null;
  readonly histogram: string;
}): LatencyDistribution {
  const { meanMs, maxMs, histogram } = document;
  return meanMs === null || maxMs === null
    ? decodeDistribution(histogram)
    : decodeDistribution(histogram, { meanUs: toUs(meanMs), maxUs: toUs(maxMs) });
}

function exactMs(latency: LatencyDistribution): { meanMs: number | null; maxMs: number | null } {
  return { meanMs: toMs(latency.meanUs), maxMs: toMs(latency.maxUs) };
}

function percentileMs(latency: LatencyDistribution, percent: number): number | null {
  return toMs(latency.percentileUs(percent));
}

function toMs(us: number | undefined): number | null {
  return us === undefined ? null : Math.round(us * 1000) / 1e6;
}

/** Back to the very number: both are whole nanoseconds. */
function toUs(ms: number): number {
  return Math.round(ms * 1e6) / 1000;
}
