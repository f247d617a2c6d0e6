import type { Phase, PhaseWindow } from '../shared/phases.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import type { MetricMeasurements } from './metric-measurement.js';

/** A distribution of latencies. Percentiles are within 0.1 % (three significant digits). */
export interface LatencyDistribution {
  readonly count: number;
  /** The value in microseconds at or below which `percent` (0..100) of the samples lie; undefined where there are none. */
  percentileUs(percent: number): number | undefined;
  readonly meanUs: number | undefined;
  readonly maxUs: number | undefined;
  /** The whole of it, from the lowest up; made anew by every call. */
  buckets(): readonly LatencyBucket[];
  /** HDR V2, compressed, base64. */
  encode(): string;
}

/** Samples that the distribution does not tell apart: those up to a latency, and above the bucket before. */
export interface LatencyBucket {
  /** As percentileUs() would have it for any of them. */
  readonly toUs: number;
  readonly count: number;
}

/** The name that stands for all endpoints together. */
export const ALL_ENDPOINTS = '*';

/** What the samples of one phase and endpoint add up to. */
export interface Measurement {
  readonly phase: Phase;
  readonly endpoint: string;
  readonly durationMs: DurationMs;
  /** All requests that belong to the phase, failures included, set-apart ones not. */
  readonly requests: number;
  /** Those of them that failed, with or without a response. */
  readonly failures: number;
  readonly noResponse: number;
  /** Requests of a steady or recovery phase that reached into a transition: counted nowhere else. */
  readonly setApart: number;
  /** Requests of the fault phase that ended after it: included, with their full latency. */
  readonly outlived: number;
  /** The same phase without the outlived requests; undefined where there are none. */
  readonly withinWindow?: {
    readonly requests: number;
    readonly failures: number;
    readonly latency: LatencyDistribution;
    /** Undefined in older results, which did not keep it. */
    readonly failedLatency?: LatencyDistribution;
  };
  /** Iterations that could not start; only on ALL_ENDPOINTS. */
  readonly dropped: number;
  /** Of all requests, the failed ones included. */
  readonly latency: LatencyDistribution;
  /** Of the failed ones alone. */
  readonly failedLatency: LatencyDistribution;
}

/**
 * What ended within one second, counted from the last border, all endpoints together. It is of the phase that its
 * requests belong to: one that outlived the fault phase is in a fault slice, at the time when it ended. Requests that
 * belong to no phase, or were set apart, are in the transition's.
 */
export interface Slice {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly phase: Phase | 'transition';
  readonly requests: number;
  readonly failures: number;
  readonly dropped: number;
  readonly latency: LatencyDistribution;
  /** Of the failed requests alone; undefined where none failed, and in older results. */
  readonly failedLatency?: LatencyDistribution;
}

/** The requests of an endpoint that have these tags, of those that objectives name. */
export interface TaggedMeasurement extends Measurement {
  readonly tags: Readonly<Record<string, string>>;
}

/** Every measurement of a run. */
export interface Measurements {
  find(phase: Phase, endpoint: string): Measurement | undefined;
  /**
   * The requests with all of these tags, `name` being the endpoint, put together from the parts that have them. Undefined
   * where the run has never seen such an endpoint or tag.
   */
  findTagged(phase: Phase, tags: Readonly<Record<string, string>>): Measurement | undefined;
  readonly all: readonly Measurement[];
  /** Parts of the endpoints, where requests were told apart by tags; empty where no objective names one. */
  readonly tagged: readonly TaggedMeasurement[];
  readonly metrics: MetricMeasurements;
  readonly slices: readonly Slice[];
  /** What was measured of each phase, in order of time; a phase may come several times. */
  readonly windows: readonly PhaseWindow[];
}
