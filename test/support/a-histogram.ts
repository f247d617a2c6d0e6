import { createRecorder, distributionOf, recordLatency } from '../../src/bench/histogram.js';

/** Where a distribution's percentiles lie: percent (0..100, rising) and latency in ms. */
export type Quantiles = readonly (readonly [percent: number, ms: number])[];

/** An encoded histogram of `count` latencies with about these percentiles; between them it is a straight line on a log axis. */
export function aHistogram(quantiles: Quantiles, count: number): string {
  const key = JSON.stringify([quantiles, count]);
  const histogram = known.get(key) ?? encode(quantiles, count);
  known.set(key, histogram);
  return histogram;
}

/** The same few are asked for again and again. */
const known = new Map<string, string>();

function encode(quantiles: Quantiles, count: number): string {
  const recorder = createRecorder();
  for (let index = 0; index < count; index++)
    recordLatency(recorder, latencyAt(quantiles, ((index + 0.5) / count) * 100) * 1000);
  return distributionOf(recorder).encode();
}

function latencyAt(quantiles: Quantiles, percent: number): number {
  const above = quantiles.findIndex(([at]) => at >= percent);
  const [to, high] = quantiles[above] ?? quantiles.at(-1)!;
  const [from, low] = quantiles[Math.max(above - 1, 0)]!;
  const share = to === from ? 1 : (percent - from) / (to - from);
  return low * (high / low) ** share;
}
