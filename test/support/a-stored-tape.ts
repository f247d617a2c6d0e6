import fc from 'fast-check';
import { createTape } from '../../src/bench/create-tape.js';
import type { Measurements } from '../../src/bench/measurement.js';
import type { Shelf } from '../../src/bench/shelf.js';
import { createFrameSink } from '../../src/bench/tape-file/create-frame-sink.js';
import { MAGIC } from '../../src/bench/tape-file/frame.js';
import { type Phase, PHASES } from '../../src/shared/phases.js';
import type { Endpoint } from '../../src/bench/endpoint-table.js';
import type { MetricSeries } from '../../src/bench/metric-series.js';
import { aMetricBatch } from './a-metric-batch.js';
import { type ASample, aBatch } from './a-batch.js';
import { createFakeClock } from './fake-clock.js';

export const TAPE_START_MS = 1_000_000;
const RUN_ID = '20261123-081502-k3f9';
const ENDPOINTS: readonly Endpoint[] = [
  { name: 'GET /', tags: {} },
  { name: 'POST /orders', tags: { kind: 'a', status: '201' } },
  { name: 'POST /orders', tags: { kind: '(other)', status: '201' } },
];
/** One of each type. */
export const TAPE_METRICS: readonly MetricSeries[] = [
  { name: 'queue_wait', tags: { kind: 'a' }, type: 'trend', contains: 'time' },
  { name: 'orders_ok', tags: {}, type: 'rate', contains: 'default' },
  { name: 'orders', tags: {}, type: 'counter', contains: 'default' },
  { name: 'depth', tags: {}, type: 'gauge', contains: 'default' },
];

/** What happens on a tape, each some time after what came before. */
export type TapeStep =
  | { readonly kind: 'border'; readonly afterMs: number; readonly phase: Phase | 'transition' }
  /** Starts are from the beginning of the tape. */
  | { readonly kind: 'write'; readonly afterMs: number; readonly samples: readonly ASample[] }
  /** The same; a sample of each series in turn. */
  | {
      readonly kind: 'metrics';
      readonly afterMs: number;
      readonly values: readonly { readonly atMs: number; readonly value: number }[];
    }
  | { readonly kind: 'dropped'; readonly afterMs: number; readonly count: number }
  | { readonly kind: 'caught-up'; readonly afterMs: number };

export interface RecordedTape {
  readonly bytes: Buffer;
  /** The frames one by one, with what the file begins with in front. */
  readonly frames: readonly Buffer[];
  /** What the run itself measured. */
  readonly measurements: Measurements;
}

/** Records a tape as a run would, into memory. */
export function recordTape(steps: readonly TapeStep[], shelf?: Shelf): RecordedTape {
  const clock = createFakeClock(TAPE_START_MS);
  const frames: Buffer[] = [MAGIC];
  const sink = createFrameSink(RUN_ID, (makeFrame) => frames.push(makeFrame()));
  const tape = createTape({ clock, sink, ...(shelf === undefined ? {} : { shelf }) });
  for (const { name, tags } of ENDPOINTS) tape.endpoint(name, tags);
  for (const series of TAPE_METRICS) tape.metric(series);
  for (const step of steps) {
    clock.advanceTo(clock.nowMs() + step.afterMs);
    switch (step.kind) {
      case 'border':
        if (step.phase === 'transition') tape.end();
        else tape.begin(step.phase);
        break;
      case 'write':
        tape.write(
          aBatch(step.samples.map((sample) => ({ ...sample, startMs: TAPE_START_MS + sample.startMs }))),
        );
        break;
      case 'metrics':
        tape.writeMetrics(
          aMetricBatch(
            step.values.map(({ atMs, value }, row) => ({
              startMs: TAPE_START_MS + atMs,
              value,
              series: row % TAPE_METRICS.length,
            })),
          ),
        );
        break;
      case 'dropped':
        tape.dropped(clock.nowMs(), step.count);
        break;
      case 'caught-up':
        tape.writtenUntil(clock.nowMs());
        break;
    }
  }
  const measurements = tape.finish();
  return { bytes: Buffer.concat(frames), frames, measurements };
}

/** Some requests from one moment to another, the slowest as long as the time between, some of them failed. */
function requestsOf(fromMs: number, untilMs: number): ASample[] {
  return Array.from({ length: 12 }, (_, number) => ({
    startMs: fromMs + number,
    latencyUs: ((untilMs - fromMs - 12) * 1000 * (number + 1.234567) ** 2) / 170,
    endpoint: number % 3,
    result: number % 4 === 3 ? 1 + (number % 3 === 0 ? 1 : 0) : 0,
  }));
}

function valuesOf(fromMs: number, untilMs: number): { atMs: number; value: number }[] {
  return Array.from({ length: 16 }, (_, number) => ({
    atMs: fromMs + ((untilMs - fromMs) * number) / 16,
    value: number === 5 ? 0 : number === 12 ? -1 : number * 1.234567,
  }));
}

function span(
  phase: Phase | 'transition',
  { fromMs, untilMs, late = [] }: { fromMs: number; untilMs: number; late?: readonly ASample[] },
): TapeStep[] {
  return [
    { kind: 'border', afterMs: 0, phase },
    { kind: 'dropped', afterMs: 100, count: phase.length },
    {
      kind: 'write',
      afterMs: untilMs - fromMs - 100,
      samples: [...requestsOf(fromMs, untilMs), ...late],
    },
    { kind: 'metrics', afterMs: 0, values: valuesOf(fromMs, untilMs) },
    { kind: 'caught-up', afterMs: 0 },
  ];
}

/** A short run with something of everything: failures, drops, requests set apart, and some that outlive the fault. */
export function recordARun(shelf?: Shelf): RecordedTape {
  return recordTape(someSteps(), shelf);
}

function someSteps(): readonly TapeStep[] {
  return [
    ...span('transition', { fromMs: 0, untilMs: 300 }),
    ...span('steady', { fromMs: 300, untilMs: 2800 }),
    ...span('transition', { fromMs: 2800, untilMs: 3200, late: requestsOf(2700, 3200) }),
    ...span('fault', { fromMs: 3200, untilMs: 6200 }),
    ...span('transition', { fromMs: 6200, untilMs: 6700, late: requestsOf(6100, 6700) }),
    ...span('recovery', { fromMs: 6700, untilMs: 8900 }),
    ...span('transition', { fromMs: 8900, untilMs: 9200, late: requestsOf(8800, 9200) }),
  ];
}

/** Any course of a run. */
export const anyTapeSteps: fc.Arbitrary<readonly TapeStep[]> = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constant('border' as const),
        afterMs: anyPause(),
        phase: fc.constantFrom(...PHASES, 'transition' as const),
      }),
      fc.record({
        kind: fc.constant('metrics' as const),
        afterMs: anyPause(),
        values: fc.array(
          fc.record({
            atMs: fc.double({ min: 0, max: 12_000, noNaN: true }),
            value: fc.oneof(fc.double(), fc.double({ min: 0, max: 1e5, noNaN: true }), fc.constantFrom(0, 1)),
          }),
          { maxLength: 12 },
        ),
      }),
      fc.record({ kind: fc.constant('dropped' as const), afterMs: anyPause(), count: fc.nat(20) }),
      fc.record({ kind: fc.constant('caught-up' as const), afterMs: anyPause() }),
      fc.record({
        kind: fc.constant('write' as const),
        afterMs: anyPause(),
        samples: fc.array(
          fc.record({
            startMs: fc.double({ min: 0, max: 12_000, noNaN: true }),
            latencyUs: fc.oneof(
              fc.double({ min: 0, max: 5e6, noNaN: true }),
              fc.constantFrom(0, NaN, -1, Infinity, 2 * 86_400e6),
            ),
            endpoint: fc.nat(3),
            result: fc.nat(3),
          }),
          { maxLength: 20 },
        ),
      }),
    ),
    { maxLength: 14 },
  )
  .map((steps) => steps);

function anyPause(): fc.Arbitrary<number> {
  return fc.double({ min: 0, max: 2500, noNaN: true });
}
