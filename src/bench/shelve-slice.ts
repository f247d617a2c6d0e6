import { decodedWhenAsked } from './encoded-distribution.js';
import type { LatencyDistribution, Slice } from './measurement.js';
import type { MetricSlice } from './metric-measurement.js';
import type { Place, Shelf } from './shelf.js';

/** A distribution whose encoded form is on a shelf. */
interface ShelvedDistribution extends Pick<LatencyDistribution, 'count' | 'meanUs' | 'maxUs'> {
  readonly place: Place;
}

/** What stays in memory of a slice for as long as the run goes on: numbers alone, and where the rest is. */
export interface ShelvedSlice extends Omit<Slice, 'latency' | 'failedLatency'> {
  readonly latency: ShelvedDistribution;
  readonly failedLatency: ShelvedDistribution | undefined;
}

export interface ShelvedMetricSlice extends Omit<MetricSlice, 'values'> {
  readonly values: ShelvedDistribution | undefined;
}

/** Fields by name: objects that are spread have a shape each, which takes as much memory again. */
export function shelveSlice(slice: Slice, shelf: Shelf): ShelvedSlice {
  const { startMs, endMs, phase, requests, failures, dropped, latency, failedLatency } = slice;
  return {
    startMs,
    endMs,
    phase,
    requests,
    failures,
    dropped,
    latency: shelve(latency, shelf),
    failedLatency: failedLatency === undefined ? undefined : shelve(failedLatency, shelf),
  };
}

/** The slice as it was, to the last digit. */
export function unshelveSlice({ latency, failedLatency, ...slice }: ShelvedSlice, shelf: Shelf): Slice {
  return {
    ...slice,
    latency: unshelve(latency, shelf),
    ...(failedLatency === undefined ? {} : { failedLatency: unshelve(failedLatency, shelf) }),
  };
}

export function shelveMetricSlice(slice: MetricSlice, shelf: Shelf): ShelvedMetricSlice {
  const { series, phase, startMs, endMs, samples, refused, trues, sum, min, max, last, values } = slice;
  return {
    series,
    phase,
    startMs,
    endMs,
    samples,
    refused,
    trues,
    sum,
    min,
    max,
    last,
    values: values === undefined ? undefined : shelve(values, shelf),
  };
}

export function unshelveMetricSlice({ values, ...slice }: ShelvedMetricSlice, shelf: Shelf): MetricSlice {
  return { ...slice, values: values === undefined ? undefined : unshelve(values, shelf) };
}

function shelve(distribution: LatencyDistribution, shelf: Shelf): ShelvedDistribution {
  const { count, meanUs, maxUs } = distribution;
  return { count, meanUs, maxUs, place: shelf.put(distribution.encode()) };
}

function unshelve(distribution: ShelvedDistribution, shelf: Shelf): LatencyDistribution {
  const { place } = distribution;
  return decodedWhenAsked(distribution, () => shelf.take(place));
}
