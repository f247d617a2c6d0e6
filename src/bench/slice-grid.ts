import type { Phase } from '../shared/phases.js';
import { PHASES } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import { encodedDistribution } from './encoded-distribution.js';
import type { LatencyRecorder } from './histogram.js';
import { createRecorder, distributionOf, recordLatency } from './histogram.js';
import type { Slice } from './measurement.js';
import type { PhaseWindows } from './phase-windows.js';
import { RESULT_OK } from './sample-batch.js';

const SLICE_MS = 1000;
const SLICE_PHASES = [...PHASES, 'transition'] as const;

type SlicePhase = Phase | 'transition';

/** One second, counted from the start of its span. */
interface Cell {
  readonly span: number;
  readonly second: number;
}

interface OpenSlice {
  requests: number;
  failures: number;
  dropped: number;
  readonly recorder: LatencyRecorder;
}

/**
 * The seconds of a run. A sample is filed under the second in which it ended: after the second's start, at its end at
 * the latest, so that a border set at the end of a sample leaves it before the border. A second that is sealed is kept
 * encoded, so that memory grows by some hundred bytes a second and not with the samples. What arrives for a sealed
 * second goes to the oldest open one: a slice may be late, but no sample is lost.
 */
export interface SliceGrid {
  add(phase: SlicePhase, endMs: EpochMs, latencyUs: number, result: number): void;
  drop(phase: SlicePhase, atMs: EpochMs, count: number): void;
  /** Seals every second that ended by then, and hands out its slices: that of its own phase, then the others. */
  sealUntil(atMs: EpochMs, emit: (slice: Slice) => void): void;
  /** The sealed slices, and those still open as they are. */
  slices(nowMs: EpochMs): readonly Slice[];
}

export function createSliceGrid(windows: PhaseWindows): SliceGrid {
  const sealed: Slice[] = [];
  const open = new Map<string, OpenSlice>();
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

  const openSlice = (phase: SlicePhase, endMs: EpochMs): OpenSlice => {
    const key = keyOf(cellAt(endMs), phase);
    const known = open.get(key);
    if (known !== undefined) return known;
    const fresh = createSlice();
    open.set(key, fresh);
    return fresh;
  };

  /** The slices of a second: that of its span's phase even when it is empty, any other only with something in it. */
  const slicesOf = (cell: Cell, untilMs: EpochMs): Slice[] => {
    const own = windows.spans[cell.span]?.phase ?? 'transition';
    const startMs = startOf(cell);
    const endMs = Math.max(startMs, Math.min(endOf(cell), untilMs));
    const expected = own !== 'transition' && startMs < endMs;
    return SLICE_PHASES.toSorted((a, b) => Number(b === own) - Number(a === own)).flatMap((phase) => {
      const slice = open.get(keyOf(cell, phase));
      if (slice === undefined && !(expected && phase === own)) return [];
      return [toSlice({ phase, startMs, endMs }, slice ?? createSlice())];
    });
  };

  return {
    add(phase, endMs, latencyUs, result) {
      const slice = openSlice(phase, endMs);
      slice.requests++;
      if (result !== RESULT_OK) slice.failures++;
      recordLatency(slice.recorder, latencyUs);
    },
    drop(phase, atMs, count) {
      openSlice(phase, atMs).dropped += count;
    },
    sealUntil(atMs, emit) {
      while (endOf(oldest) <= atMs) {
        const cell = oldest;
        const slices = slicesOf(cell, Infinity);
        for (const phase of SLICE_PHASES) open.delete(keyOf(cell, phase));
        sealed.push(...slices);
        oldest = after(cell); // before anybody is told: a listener may write, or set a border
        slices.forEach(emit);
      }
    },
    slices(nowMs) {
      const unsealed: Slice[] = [];
      for (let cell = oldest; startOf(cell) <= nowMs; cell = after(cell)) {
        unsealed.push(...slicesOf(cell, nowMs));
      }
      return [...sealed, ...unsealed];
    },
  };
}

function createSlice(): OpenSlice {
  return { requests: 0, failures: 0, dropped: 0, recorder: createRecorder() };
}

function toSlice(of: Pick<Slice, 'phase' | 'startMs' | 'endMs'>, slice: OpenSlice): Slice {
  const { requests, failures, dropped, recorder } = slice;
  const latency = encodedDistribution(distributionOf(recorder).encode());
  return { ...of, requests, failures, dropped, latency };
}

function keyOf(cell: Cell, phase: SlicePhase): string {
  return `${cell.span}:${cell.second}:${phase}`;
}

function isBefore(a: Cell, b: Cell): boolean {
  return a.span < b.span || (a.span === b.span && a.second < b.second);
}
