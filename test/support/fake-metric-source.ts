import type { MetricAnswer, MetricSource } from '../../src/observe/metric-source.js';

/** A series as the fake has it: `[time in ms, value]`, the scrapes themselves. */
export type Scrapes = readonly (readonly [atMs: number, value: number])[];

/**
 * Answers as Prometheus would for plain names: each has series of scrapes, a point shows the newest of them that is no
 * older than five minutes, and `max(timestamp(NAME))` tells when that was taken.
 */
export function createFakeMetricSource(
  metrics: Readonly<Record<string, readonly Scrapes[]>>,
  options: { readonly nowMs: () => number; readonly refuse?: string; readonly maxLagMs?: number },
): MetricSource & { readonly asked: string[] } {
  const asked: string[] = [];
  const at = (query: string, times: readonly number[]): MetricAnswer => {
    asked.push(query);
    if (query === options.refuse) return { status: 'refused', reason: '1:3: parse error' };
    const name = /^max\(timestamp\((.*)\)\)$/.exec(query)?.[1];
    const series = (metrics[name ?? query] ?? []).map((scrapes) => ({
      labels: {},
      points: times.flatMap((atMs) => {
        const newest = scrapes.findLast(([scrapedMs]) => scrapedMs <= atMs && scrapedMs > atMs - 300_000);
        if (newest === undefined) return [];
        return [{ atMs, value: name === undefined ? newest[1] : newest[0] / 1000 }];
      }),
    }));
    return { status: 'answered', series: series.filter(({ points }) => points.length > 0) };
  };
  return {
    address: 'http://fake:9090',
    maxLagMs: options.maxLagMs ?? 30_000,
    asked,
    query: (query, atMs) => Promise.resolve(at(query, [atMs ?? options.nowMs()])),
    queryRange(query, { startMs, endMs, stepMs }) {
      const count = Math.round((endMs - startMs) / stepMs) + 1;
      return Promise.resolve(
        at(
          query,
          Array.from({ length: count }, (_, index) => startMs + index * stepMs),
        ),
      );
    },
  };
}
