import type { BenchmarkReading } from '../bench/benchmark.js';
import type { Slice } from '../bench/measurement.js';
import type { RunStep } from '../experiments/run-observer.js';
import { printable } from '../report/printable.js';
import type { RunEvent } from '../shared/run-event.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import { createPhaseLoad, type PhaseLoad } from './phase-load.js';

/** One step of a run as a line of the display. */
export interface StepRow {
  readonly label: string;
  readonly startedAtMs: EpochMs;
  readonly plannedMs?: DurationMs;
  /** Undefined while it goes on. */
  readonly endedAtMs?: EpochMs;
  /** What its load adds up to, or the latest that happened in it. */
  readonly detail: string;
}

/** The steps of a run, in order, fed by its observer. */
export interface StepRows {
  step(step: RunStep, nowMs: EpochMs): void;
  event(event: RunEvent): void;
  slice(slice: Slice): void;
  benchmark(reading: BenchmarkReading): void;
  end(nowMs: EpochMs): void;
  /** Whatever is complete since the last call: nothing of it will change any more. */
  takeSettled(nowMs: EpochMs): readonly StepRow[];
  /** How much later than usual the numbers of the load come in; 0 while they are on time, or there is no load. */
  behindMs(nowMs: EpochMs): DurationMs;
  /** What still goes on, or waits for the last numbers of its load. */
  readonly open: readonly StepRow[];
  /** The p95 of every second so far, in ms. */
  readonly p95s: readonly (number | null)[];
}

interface Row {
  readonly label: string;
  readonly startedAtMs: EpochMs;
  readonly plannedMs?: DurationMs;
  readonly load?: PhaseLoad;
  endedAtMs?: EpochMs;
  note: string;
}

/** A second of the load is reported a second and a half after its end at the latest. */
const LAST_SLICE_MS = 2500;

export function createStepRows(): StepRows {
  let open: Row[] = [];
  const p95s: (number | null)[] = [];
  let heardUntilMs = -Infinity;
  let over = false;
  const endLast = (nowMs: EpochMs) => {
    const last = open.at(-1);
    if (last !== undefined) last.endedAtMs ??= nowMs;
  };
  const isSettled = (row: Row, nowMs: EpochMs) =>
    row.endedAtMs !== undefined &&
    (over || row.load === undefined || heardUntilMs > row.endedAtMs || nowMs - row.endedAtMs > LAST_SLICE_MS);
  return {
    step(step, nowMs) {
      endLast(nowMs);
      open.push(rowOf(step, nowMs));
    },
    event(event) {
      const last = open.at(-1);
      if (last !== undefined && last.load === undefined) last.note = printable(event.message);
    },
    slice(slice) {
      heardUntilMs = slice.endMs;
      const us = slice.latency.percentileUs(95);
      p95s.push(us === undefined ? null : us / 1000);
      open.findLast((row) => row.label === slice.phase)?.load?.add(slice);
    },
    benchmark(reading) {
      open.findLast((row) => row.load !== undefined)?.load?.addBenchmark(reading);
    },
    end(nowMs) {
      over = true;
      endLast(nowMs);
    },
    takeSettled(nowMs) {
      // In order: a step that is complete waits for the one before it.
      const count = open.findIndex((row) => !isSettled(row, nowMs));
      const settled = count === -1 ? open : open.slice(0, count);
      open = open.slice(settled.length);
      return settled.map(view);
    },
    behindMs(nowMs) {
      const running = open.at(-1);
      if (running?.load === undefined) return 0;
      const lateMs = nowMs - Math.max(heardUntilMs, running.startedAtMs) - LAST_SLICE_MS;
      return Math.max(0, lateMs);
    },
    get open() {
      return open.map(view);
    },
    p95s,
  };
}

/** `2 of 3, fault first`. */
export function describeTrial({ trial, of, faultFirst }: Extract<RunStep, { kind: 'trial' }>): string {
  return `${trial} of ${of}, ${faultFirst ? 'fault' : 'steady'} first`;
}

function rowOf(step: RunStep, nowMs: EpochMs): Row {
  switch (step.kind) {
    case 'trial':
      return { label: 'trial', startedAtMs: nowMs, endedAtMs: nowMs, note: describeTrial(step) };
    case 'phase':
      return {
        label: step.phase,
        startedAtMs: step.startMs,
        plannedMs: step.plannedMs,
        load: createPhaseLoad(),
        note: '',
      };
    case 'inject':
    case 'recover':
      return { label: step.kind, startedAtMs: nowMs, note: step.faults.join(', ') };
    case 'start':
    case 'stop':
      return { label: step.kind, startedAtMs: nowMs, note: '' };
  }
}

function view({ load, note, ...row }: Row): StepRow {
  return { ...row, detail: load === undefined ? note : load.describe() };
}
