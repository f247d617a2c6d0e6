import type { LatencyBucket } from '../../bench/measurement.js';
import type { DurationMs } from '../../shared/time.js';
import { formatCount, formatDuration, formatShare } from '../../shared/units.js';
import { atLeastOf, atMostOfExpected } from '../../sla/statistics/tail-probability.js';

/** Requests of one stretch of a run. */
export interface RequestsSeen {
  readonly requests: number;
  readonly failures: number;
  readonly buckets: readonly LatencyBucket[];
  readonly lengthMs: DurationMs;
}

export type Comparison =
  | { readonly status: 'differs' | 'alike'; readonly detail: string }
  | { readonly status: 'too-few'; readonly detail: string };

/** Chance brings a difference like it once in a thousand times. */
const BY_CHANCE = 0.001;
/** A fault that fewer requests met than this share is not what the others were judged under. */
const LEAST_SHARE = 0.01;
const LEAST_REQUESTS = 10;
/** Requests hang where less than this share of them comes to an end at all. */
const HANGING_SHARE = 0.5;

/**
 * Whether more requests were slow, failed or hung than in the steady phase: by more than chance explains, and by a share
 * that matters. Slow is what takes `slowerByMs` longer than the median of the steady phase.
 */
export function compareRequests(steady: RequestsSeen, seen: RequestsSeen, slowerByMs: number): Comparison {
  const expected = (steady.requests / steady.lengthMs) * seen.lengthMs;
  if (
    expected >= LEAST_REQUESTS &&
    seen.requests < expected * HANGING_SHARE &&
    atMostOfExpected(seen.requests, expected) < BY_CHANCE
  ) {
    const usual = formatCount(Math.round(expected));
    return {
      status: 'differs',
      detail: `${formatCount(seen.requests)} requests ended where ${usual} would have at the rate of the steady phase`,
    };
  }
  if (steady.requests < LEAST_REQUESTS || seen.requests < LEAST_REQUESTS) {
    return {
      status: 'too-few',
      detail: `${steady.requests} requests in the steady phase and ${seen.requests} under the fault are too few to compare`,
    };
  }
  const slowFromUs = medianUs(steady.buckets, steady.requests) + slowerByMs * 1000;
  const slow = [steady, seen].map(({ buckets }) => countFrom(buckets, slowFromUs));
  const failed = [steady.failures, seen.failures];
  const slowDetail = `${describe(slow, [steady, seen])} took ${formatDuration(slowFromUs / 1000)} or longer`;
  const failedDetail = `${describe(failed, [steady, seen])} failed`;
  if (isMore(slow, [steady, seen])) return { status: 'differs', detail: slowDetail };
  if (isMore(failed, [steady, seen])) return { status: 'differs', detail: failedDetail };
  return { status: 'alike', detail: `${slowDetail}, and ${failedDetail}` };
}

type Pair<T> = readonly T[];

function isMore([before = 0, after = 0]: Pair<number>, [steady, seen]: Pair<RequestsSeen>): boolean {
  const [of, among] = [steady?.requests ?? 0, seen?.requests ?? 0];
  // None of them seen before does not mean that there could be none.
  const expected = (before + 1) / (of + 2);
  const more = after / among - before / of;
  return more >= LEAST_SHARE && atLeastOf(after, among, expected) < BY_CHANCE;
}

/** `98 % of the requests (0.1 % in the steady phase)` */
function describe([before = 0, after = 0]: Pair<number>, [steady, seen]: Pair<RequestsSeen>): string {
  const share = (count: number, all: RequestsSeen | undefined) => formatShare(count / (all?.requests ?? 1));
  return `${share(after, seen)} of the requests (${share(before, steady)} in the steady phase)`;
}

function medianUs(buckets: readonly LatencyBucket[], requests: number): number {
  let passed = 0;
  return buckets.find(({ count }) => (passed += count) * 2 >= requests)?.toUs ?? 0;
}

function countFrom(buckets: readonly LatencyBucket[], fromUs: number): number {
  return buckets.reduce((sum, { toUs, count }) => (toUs >= fromUs ? sum + count : sum), 0);
}
