import type { Result } from '../experiments/result-schema.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import { gatherSlices, type SliceRecord } from './gather-slices.js';

/** All that the timeline chart shows. Times are in ms from originMs. */
export interface Timeline {
  readonly originMs: EpochMs;
  readonly spanMs: DurationMs;
  readonly points: readonly TimelinePoint[];
  /** How many seconds of the series one point stands for. */
  readonly slicesPerPoint: number;
  readonly phases: readonly { readonly phase: string; readonly fromMs: number; readonly toMs: number }[];
  readonly lanes: readonly FaultLane[];
  readonly marks: readonly { readonly atMs: number; readonly text: string }[];
  readonly limits: readonly LimitLine[];
}

export interface TimelinePoint {
  readonly fromMs: number;
  readonly toMs: number;
  readonly phase: string;
  readonly requests: number;
  readonly failures: number;
  readonly dropped: number;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  readonly droppedPerSecond: number;
  /** Null where there was no sample. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** One injection of one fault. */
export interface FaultLane {
  readonly fault: string;
  readonly askedMs: number;
  readonly injectedMs: number | null;
  readonly outMs: number | null;
  readonly recoveredMs: number | null;
}

/** A latency limit over the time of its phase. */
export interface LimitLine {
  readonly text: string;
  readonly percentile: 'p50' | 'p95' | 'p99';
  readonly limitMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** More points than this could not be told apart on a screen. */
const MOST_POINTS = 900;

/** The timeline of a run; undefined where no load was measured. */
export function viewTimeline(result: Result): Timeline | undefined {
  const first = result.series[0];
  const last = result.series.at(-1);
  if (!first || !last) return undefined;
  const originMs = Math.min(first.startMs, ...result.windows.map((window) => window.startMs));
  const endMs = Math.max(last.endMs, ...result.windows.map((window) => window.endMs));
  const from = (atMs: EpochMs): number => atMs - originMs;
  const seconds = gatherSlices(result.series);
  const slicesPerPoint = Math.ceil(seconds.length / MOST_POINTS);
  const phases = result.windows.map(({ phase, startMs, endMs: end }) => ({
    phase,
    fromMs: from(startMs),
    toMs: from(end),
  }));
  return {
    originMs,
    spanMs: Math.max(endMs - originMs, 1),
    points: gather(seconds, slicesPerPoint).map((slices) => viewPoint(slices, originMs)),
    slicesPerPoint,
    phases,
    lanes: result.faults.flatMap(({ name, injections }) =>
      injections.map((injection) => ({
        fault: name,
        askedMs: from(injection.requestedAtMs),
        injectedMs: injection.injectedAtMs === null ? null : from(injection.injectedAtMs),
        outMs: injection.recoverRequestedAtMs === null ? null : from(injection.recoverRequestedAtMs),
        recoveredMs: injection.recoveredAtMs === null ? null : from(injection.recoveredAtMs),
      })),
    ),
    marks: result.events
      .filter(({ atMs }) => atMs >= originMs && atMs <= endMs)
      .map(({ atMs, kind, message }) => ({ atMs: from(atMs), text: `${kind}: ${message}` })),
    limits: viewLimits(result, phases),
  };
}

/** Runs of at most `size` neighbours of the same phase: a point never mixes two phases. */
function gather(series: readonly SliceRecord[], size: number): SliceRecord[][] {
  const groups: SliceRecord[][] = [];
  for (const slice of series) {
    const group = groups.at(-1);
    if (group && group.length < size && group[0]?.phase === slice.phase) group.push(slice);
    else groups.push([slice]);
  }
  return groups;
}

/** Percentiles of several slices cannot be averaged; the point shows the slowest of them. */
function viewPoint(slices: readonly SliceRecord[], originMs: EpochMs): TimelinePoint {
  const startMs = Math.min(...slices.map((slice) => slice.startMs));
  const endMs = Math.max(...slices.map((slice) => slice.endMs));
  const sum = (count: (slice: SliceRecord) => number): number =>
    slices.reduce((total, slice) => total + count(slice), 0);
  const requests = sum((slice) => slice.requests);
  const failures = sum((slice) => slice.failures);
  const dropped = sum((slice) => slice.dropped);
  const perSecond = 1000 / Math.max(endMs - startMs, 1);
  return {
    fromMs: startMs - originMs,
    toMs: endMs - originMs,
    phase: slices[0]?.phase ?? 'transition',
    requests,
    failures,
    dropped,
    requestsPerSecond: requests * perSecond,
    failuresPerSecond: failures * perSecond,
    droppedPerSecond: dropped * perSecond,
    p50Ms: slowest(slices.map((slice) => slice.p50Ms)),
    p95Ms: slowest(slices.map((slice) => slice.p95Ms)),
    p99Ms: slowest(slices.map((slice) => slice.p99Ms)),
  };
}

function slowest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Only limits of all endpoints together, since that is what the chart's lines are. */
function viewLimits(result: Result, phases: Timeline['phases']): LimitLine[] {
  return result.judgements.flatMap(({ phase, objective, limit, reading }) => {
    const percentile = /^\s*(p50|p95|p99)\s*<=?/.exec(objective)?.[1] as LimitLine['percentile'] | undefined;
    if (!percentile || limit === undefined || reading.status === 'missing') return [];
    return phases
      .filter((window) => window.phase === phase)
      .map(({ fromMs, toMs }) => ({
        text: objective.trim(),
        percentile,
        limitMs: limit / 1000,
        fromMs,
        toMs,
      }));
  });
}
