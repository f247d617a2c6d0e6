import type { Phase } from '../shared/phases.js';
import { PHASES } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import type { LatencyRecorder } from './histogram.js';
import { createRecorder, recordLatency, resetRecorder } from './histogram.js';
import type { Slice } from './measurement.js';
import type { MetricSlice } from './metric-measurement.js';
import { metricSlicesOf } from './measure-metrics.js';
import type { MetricSeries } from './metric-series.js';
import type { MetricTally } from './metric-tally.js';
import { addValue, createMetricTally, toMetricPart } from './metric-tally.js';
import type { PhaseWindows } from './phase-windows.js';
import type { Second, SlicePhase } from './second.js';
import { kindOfKey, slicesOf, toPart } from './second.js';
import { MEMORY_SHELF } from './shelf.js';
import {
  shelveMetricSlice,
  type ShelvedMetricSlice,
  type ShelvedSlice,
  shelveSlice,
  unshelveMetricSlice,
  unshelveSlice,
} from './shelve-slice.js';

const SLICE_MS = 1000;
/** More than a span has seconds. */
const SPAN_KEYS = 2 ** 32;

/** One second, counted from the start of its span. */
interface Cell {
  readonly span: number;
  readonly second: number;
}

interface OpenSecond {
  /** By `partKey`. */
  readonly parts: Map<number, LatencyRecorder>;
  readonly dropped: Map<SlicePhase, number>;
  /** By series and phase. */
  readonly metrics: Map<number, MetricTally>;
}

/**
 * The seconds of a run. A sample is filed under the second in which it ended: after the second's start, at its end at
 * the latest, so that a border set at the end of a sample leaves it before the border. A second that is sealed is
 * handed over and its histograms are used again; of its slices the counts are kept, and the distributions are on the
 * shelf, so that memory does not grow with the samples. What arrives for a sealed second goes to the oldest open one: a
 * slice may be late, but no sample is lost.
 */
export interface SliceGrid {
  /** @param key the `partKey` of what the sample is */
  add(key: number, endMs: EpochMs, latencyUs: number): void;
  addMetric(series: number, phase: Phase, endMs: EpochMs, value: number): void;
  drop(phase: SlicePhase, atMs: EpochMs, count: number): void;
  /** Seals every second that ended by then, and hands out its slices: that of its own phase, then the others. */
  sealUntil(atMs: EpochMs, emit: (slice: Slice) => void): void;
  /** Seals what is left, the last second as far as it went. */
  sealAll(nowMs: EpochMs): void;
  /** The sealed slices, and those still open as they are. */
  slices(nowMs: EpochMs): readonly Slice[];
  metricSlices(nowMs: EpochMs): readonly MetricSlice[];
}

export function createSliceGrid(
  windows: PhaseWindows,
  handOver: (second: Second) => void,
  series: readonly MetricSeries[] = [],
  shelf = MEMORY_SHELF,
): SliceGrid {
  const sealed: ShelvedSlice[] = [];
  const sealedMetrics: ShelvedMetricSlice[] = [];
  const open = new Map<number, OpenSecond>();
  const spare: LatencyRecorder[] = [];
  let oldest: Cell = { span: 0, second: 0 };

  const startOf = (cell: Cell): EpochMs => {
    const span = windows.spans[cell.span];
    return span === undefined ? Infinity : span.startMs + cell.second * SLICE_MS;
  };

  /** The end of a second, or of its span where that comes first. */
  const endOf = (cell: Cell): EpochMs =>
    Math.min(startOf(cell) + SLICE_MS, windows.spans[cell.span]?.endMs ?? Infinity);

  const after = (cell: Cell): Cell =>
    startOf(cell) + SLICE_MS < (windows.spans[cell.span]?.endMs ?? Infinity)
      ? { span: cell.span, second: cell.second + 1 }
      : { span: cell.span + 1, second: 0 };

  const cellAt = (endMs: EpochMs): Cell => {
    const span = Math.max(
      0,
      windows.spans.findLastIndex(({ startMs }) => startMs < endMs),
    ); // the first takes all before it
    const startMs = windows.spans[span]?.startMs ?? endMs;
    const cell = { span, second: Math.max(0, Math.ceil((endMs - startMs) / SLICE_MS) - 1) };
    return isBefore(cell, oldest) ? oldest : cell;
  };

  const openSecond = (endMs: EpochMs): OpenSecond => {
    const key = keyOf(cellAt(endMs));
    const known = open.get(key);
    if (known !== undefined) return known;
    const fresh: OpenSecond = { parts: new Map(), dropped: new Map(), metrics: new Map() };
    open.set(key, fresh);
    return fresh;
  };

  const secondOf = (cell: Cell, untilMs: EpochMs): Second => {
    const { parts, dropped, metrics } = open.get(keyOf(cell)) ?? NOTHING;
    const startMs = startOf(cell);
    return {
      span: cell.span,
      startMs,
      endMs: Math.max(startMs, Math.min(endOf(cell), untilMs)),
      parts: Array.from(parts, ([key, recorder]) => toPart(kindOfKey(key), recorder)),
      dropped,
      metrics: Array.from(metrics, ([key, tally]) =>
        toMetricPart(
          { phase: PHASES[key % PHASES.length] ?? 'warmup', series: Math.floor(key / PHASES.length) },
          tally,
        ),
      ),
    };
  };

  const toSlices = (second: Second): Slice[] =>
    slicesOf(second, windows.spans[second.span]?.phase ?? 'transition');

  const unsealed = (nowMs: EpochMs): Second[] => {
    const seconds: Second[] = [];
    for (let cell = oldest; startOf(cell) <= nowMs; cell = after(cell)) seconds.push(secondOf(cell, nowMs));
    return seconds;
  };

  const seal = (cell: Cell, untilMs: EpochMs): readonly Slice[] => {
    const second = secondOf(cell, untilMs);
    const slices = toSlices(second);
    handOver(second);
    for (const recorder of open.get(keyOf(cell))?.parts.values() ?? []) {
      resetRecorder(recorder);
      spare.push(recorder);
    }
    open.delete(keyOf(cell));
    sealed.push(...slices.map((slice) => shelveSlice(slice, shelf)));
    sealedMetrics.push(...metricSlicesOf(second, series).map((slice) => shelveMetricSlice(slice, shelf)));
    oldest = after(cell);
    return slices;
  };

  return {
    add(key, endMs, latencyUs) {
      const { parts } = openSecond(endMs);
      let recorder = parts.get(key);
      if (recorder === undefined) {
        recorder = spare.pop() ?? createRecorder();
        parts.set(key, recorder);
      }
      recordLatency(recorder, latencyUs);
    },
    addMetric(index, phase, endMs, value) {
      const one = series[index];
      if (one === undefined) return;
      const { metrics } = openSecond(endMs);
      const key = index * PHASES.length + PHASES.indexOf(phase);
      let tally = metrics.get(key);
      if (tally === undefined) {
        tally = createMetricTally(one);
        metrics.set(key, tally);
      }
      addValue(tally, one, endMs, value);
    },
    drop(phase, atMs, count) {
      const { dropped } = openSecond(atMs);
      dropped.set(phase, (dropped.get(phase) ?? 0) + count);
    },
    sealUntil(atMs, emit) {
      // It is sealed before anybody is told: a listener may write, or set a border.
      while (endOf(oldest) <= atMs) seal(oldest, Infinity).forEach(emit);
    },
    sealAll(nowMs) {
      while (startOf(oldest) <= nowMs) seal(oldest, nowMs);
    },
    slices: (nowMs) => [
      ...sealed.map((slice) => unshelveSlice(slice, shelf)),
      ...unsealed(nowMs).flatMap(toSlices),
    ],
    metricSlices: (nowMs) => [
      ...sealedMetrics.map((slice) => unshelveMetricSlice(slice, shelf)),
      ...unsealed(nowMs).flatMap((second) => metricSlicesOf(second, series)),
    ],
  };
}

const NOTHING: OpenSecond = { parts: new Map(), dropped: new Map(), metrics: new Map() };

function keyOf({ span, second }: Cell): number {
  return span * SPAN_KEYS + second;
}

function isBefore(a: Cell, b: Cell): boolean {
  return a.span < b.span || (a.span === b.span && a.second < b.second);
}
