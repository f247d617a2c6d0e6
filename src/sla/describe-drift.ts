import type { Slice } from '../bench/measurement.js';
import { formatReading } from '../shared/format-reading.js';
import { formatDuration } from '../shared/units.js';
import { mergeBuckets, rankOf, sampleOfRank } from './statistics/merged-buckets.js';
import { findTrend } from './statistics/trend.js';

const PERCENT = 95;
/** A p95 of fewer is nearly the slowest of them. */
const FEWEST_REQUESTS = 20;
/** A border leaves a slice that is too short to stand beside the others. */
const SHORTEST_MS = 900;
/** The change over the phase, as a share of its middle, from which on it is worth a word. */
const MATERIAL = 0.2;

/** A steady phase that was still on its way somewhere. */
export interface Drift {
  /** In a clause: `the steady phase was still drifting: p95 rose from 41 ms to 58 ms over its 15 s`. */
  readonly why: string;
  /** Its lowest and its highest p95, each as a multiple of that of its middle. */
  readonly lowest: number;
  readonly highest: number;
}

/** The same with what helps. */
export function describeDrift(slices: readonly Slice[]): string | undefined {
  const drift = findDrift(slices);
  return drift === undefined ? undefined : `${drift.why}; give it a longer warmup`;
}

/**
 * Says that the steady phase was still on its way somewhere, so that what is compared with it is compared with a moving
 * thing: a clear trend of the p95 from second to second that changes it by more than a fifth. Undefined where there is
 * none, or too little to tell.
 */
export function findDrift(slices: readonly Slice[]): Drift | undefined {
  const seconds = slices
    .filter(({ phase, startMs, endMs }) => phase === 'steady' && endMs - startMs >= SHORTEST_MS)
    .toSorted((a, b) => a.startMs - b.startMs);
  const blocks = blocksOf(seconds);
  const trend = findTrend(blocks.flatMap((block) => p95Of(block) ?? []));
  if (!trend?.isSignificant) return undefined;
  const { from, to } = trend;
  if (Math.abs(to - from) <= (MATERIAL * (from + to)) / 2) return undefined;
  const measuredMs = seconds.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const lengthMs = Math.round(measuredMs / 1000) * 1000;
  const read = (us: number) => formatReading(Math.max(0, us), 'us');
  const middle = (from + to) / 2;
  const why =
    `the steady phase was still drifting: p95 ${to > from ? 'rose' : 'fell'} from ${read(from)} to ${read(to)} over its ` +
    formatDuration(lengthMs);
  const [lowest, highest] = [from, to].map((us) => Math.max(0, us) / middle).sort((a, b) => a - b);
  return { why, lowest: lowest ?? 1, highest: highest ?? 1 };
}

/** Seconds, or as many of them together as it takes to have enough requests. */
function blocksOf(seconds: readonly Slice[]): readonly (readonly Slice[])[] {
  const requests = seconds.reduce((sum, slice) => sum + slice.requests, 0);
  const size = Math.max(1, Math.ceil((FEWEST_REQUESTS * seconds.length) / Math.max(1, requests)));
  return Array.from({ length: Math.floor(seconds.length / size) }, (_, block) =>
    seconds.slice(block * size, (block + 1) * size),
  );
}

function p95Of(slices: readonly Slice[]): number | undefined {
  const [slice] = slices;
  if (slices.length === 1) return slice?.latency.percentileUs(PERCENT);
  const buckets = mergeBuckets(slices.map(({ latency }) => latency.buckets()));
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return sampleOfRank(buckets, rankOf(PERCENT, count));
}
