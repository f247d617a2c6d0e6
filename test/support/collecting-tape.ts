import { type EndpointTags, NO_TAGS } from '../../src/bench/endpoint-table.js';
import type { MetricSeries } from '../../src/bench/metric-series.js';
import type { TapeWriter } from '../../src/bench/load-generator.js';

export interface CollectedSample {
  readonly startMs: number;
  readonly endMs: number;
  readonly latencyUs: number;
  readonly endpoint: string;
  readonly result: number;
}

/** A tape that keeps every sample, and the promises that were made about them. */
export interface CollectingTape extends TapeWriter {
  readonly samples: readonly CollectedSample[];
  readonly droppedAtMs: readonly number[];
  /** Samples and drops that came after writtenUntil() had said that nothing of that time is missing. */
  readonly lateOnes: readonly number[];
  writtenUntilMs(): number;
  readonly metricSamples: readonly CollectedMetric[];
  /** The tags of each endpoint, by its name. */
  readonly tagsOf: ReadonlyMap<string, readonly EndpointTags[]>;
}

export interface CollectedMetric {
  readonly series: MetricSeries;
  readonly startMs: number;
  readonly endMs: number;
  readonly value: number;
}

export function createCollectingTape(): CollectingTape {
  const samples: CollectedSample[] = [];
  const droppedAtMs: number[] = [];
  const lateOnes: number[] = [];
  const metrics: MetricSeries[] = [];
  const metricSamples: CollectedMetric[] = [];
  const endpoints: { readonly name: string; readonly tags: EndpointTags }[] = [];
  const tagsOf = new Map<string, EndpointTags[]>();
  let until = Number.NEGATIVE_INFINITY;
  return {
    samples,
    droppedAtMs,
    lateOnes,
    writtenUntilMs: () => until,
    metricSamples,
    tagsOf,
    endpoint: (name, tags = NO_TAGS) => {
      const known = endpoints.findIndex(
        (one) => one.name === name && JSON.stringify(one.tags) === JSON.stringify(tags),
      );
      if (known !== -1) return known;
      tagsOf.set(name, [...(tagsOf.get(name) ?? []), tags]);
      return endpoints.push({ name, tags }) - 1;
    },
    metric: (series) => metrics.push(series) - 1,
    writeMetrics: ({ count, startMs, endMs, value, series }) => {
      for (let row = 0; row < count; row++) {
        metricSamples.push({
          series: metrics[series[row]!]!,
          startMs: startMs[row]!,
          endMs: endMs[row]!,
          value: value[row]!,
        });
      }
    },
    write: ({ count, startMs, latencyUs, endpoint, result }) => {
      for (let row = 0; row < count; row++) {
        const start = startMs[row]!;
        const latency = latencyUs[row]!;
        const endMs = start + latency / 1000;
        // A floating-point sum: a nanosecond is no broken promise.
        if (endMs < until - 1e-3) lateOnes.push(endMs);
        samples.push({
          startMs: start,
          endMs,
          latencyUs: latency,
          endpoint: endpoints[endpoint[row]!]!.name,
          result: result[row]!,
        });
      }
    },
    dropped: (atMs, count) => {
      for (let one = 0; one < count; one++) droppedAtMs.push(atMs);
      if (atMs < until) lateOnes.push(atMs);
    },
    writtenUntil: (atMs) => {
      if (atMs < until) lateOnes.push(atMs);
      until = atMs;
    },
  };
}
