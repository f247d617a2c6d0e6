/**
 * What a tape costs: a sample on the hot path, sealing and encoding a second, its bytes; then reading and merging the
 * tapes of eight runners of ten minutes with twenty endpoints, and cutting windows out of the merged one. Run it with
 * `node dist/bench/tape-merge.js [rounds]`; it prints processor time, the
 * median of the rounds.
 */
import { createTape } from '../src/bench/create-tape.js';
import type { SampleBatch } from '../src/bench/sample-batch.js';
import { createFrameSink } from '../src/bench/tape-file/create-frame-sink.js';
import { MAGIC } from '../src/bench/tape-file/frame.js';
import { measureTape, measureWindow } from '../src/bench/tape-file/measure-tape.js';
import { mergeTapes } from '../src/bench/tape-file/merge-tapes.js';
import { parseTape } from '../src/bench/tape-file/read-tape.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { standardNormal } from './support/standard-normal.js';
import { seededRandom } from '../src/shared/seeded-random.js';
import type { Phase } from '../src/shared/phases.js';

const RUNNERS = 8;
const SECONDS = 600;
const ENDPOINTS = 20;
/** Of each endpoint, by each runner: 4,800 requests a second over all. */
const PER_ENDPOINT_AND_SECOND = 30;
const FAILED_SHARE = 0.02;
const START_MS = 1_700_000_000_000;
/** By the second in which they begin. */
const BORDERS: Readonly<Record<number, Phase | 'transition'>> = {
  0: 'steady',
  180: 'transition',
  182: 'fault',
  420: 'transition',
  422: 'recovery',
};

interface Costs {
  readonly sampleNs: number;
  readonly sealMs: number;
  readonly kilobytesPerMinute: number;
  readonly readMs: number;
  readonly mergeMs: number;
  readonly measureMs: number;
  readonly windowMs: number;
}

const rounds = Number(process.argv[2] ?? 3);
const all: Costs[] = [];
for (let round = 1; round <= rounds; round++) all.push(measureRound(round));
printTable(all);

function measureRound(round: number): Costs {
  const recorded = Array.from({ length: RUNNERS }, (_, runner) => record(`${round}-${runner}`));
  const [bytes, readMs] = timed(() => recorded.map((one) => parseTape(one.bytes, 'tape.plm')));
  const [merged, mergeMs] = timed(() => mergeTapes(bytes));
  const [, measureMs] = timed(() => measureTape(merged));
  const windows = [60, 10, 120].map((seconds) => {
    const fromMs = START_MS + 200_000;
    return timed(() => measureWindow(merged, fromMs, fromMs + seconds * 1000))[1];
  });
  return {
    sampleNs: mean(recorded.map(({ sampleNs }) => sampleNs)),
    sealMs: mean(recorded.map(({ sealMs }) => sealMs)),
    kilobytesPerMinute: mean(recorded.map((one) => one.bytes.length / 1000 / (SECONDS / 60))),
    readMs,
    mergeMs,
    measureMs,
    windowMs: Math.max(...windows),
  };
}

interface Recorded {
  readonly bytes: Buffer;
  readonly sampleNs: number;
  readonly sealMs: number;
}

/** What one runner measures in ten minutes, on a clock that only this script moves. */
function record(seed: string): Recorded {
  const random = seededRandom(seed);
  let nowMs = START_MS;
  const frames: Buffer[] = [MAGIC];
  const tape = createTape({
    clock: { nowMs: () => nowMs, wallMs: () => nowMs, sleep: () => Promise.resolve() },
    sink: createFrameSink('a-run', (makeFrame) => frames.push(makeFrame())),
  });
  const endpoints = Array.from({ length: ENDPOINTS }, (_, index) => tape.endpoint(`GET /things/${index}`));
  let writingMs = 0;
  let sealingMs = 0;
  for (let second = 0; second < SECONDS; second++) {
    const phase = BORDERS[second];
    if (phase === 'transition') tape.end();
    else if (phase !== undefined) tape.begin(phase);
    const batch = batchOf(endpoints, nowMs, random);
    nowMs = START_MS + (second + 1) * 1000;
    writingMs += timed(() => {
      tape.write(batch);
    })[1];
    sealingMs += timed(() => {
      tape.writtenUntil(nowMs);
    })[1];
  }
  tape.finish();
  const samples = SECONDS * ENDPOINTS * PER_ENDPOINT_AND_SECOND;
  return {
    bytes: Buffer.concat(frames),
    sampleNs: (writingMs * 1e6) / samples,
    sealMs: sealingMs / SECONDS,
  };
}

/** Latencies with a long tail, around 20 ms, all ended within the second. */
function batchOf(endpoints: readonly number[], fromMs: number, random: () => number): SampleBatch {
  const count = endpoints.length * PER_ENDPOINT_AND_SECOND;
  const batch = {
    count,
    startMs: new Float64Array(count),
    latencyUs: new Float64Array(count),
    endpoint: new Uint16Array(count),
    result: new Uint8Array(count),
  };
  for (let index = 0; index < count; index++) {
    const latencyMs = Math.min(900, 20 * Math.exp(0.5 * standardNormal(random)) + 5 / (random() + 0.01));
    batch.latencyUs[index] = latencyMs * 1000;
    batch.startMs[index] = fromMs + random() * (1000 - latencyMs);
    batch.endpoint[index] = endpoints[index % endpoints.length] ?? 0;
    batch.result[index] = random() < FAILED_SHARE ? 1 : 0;
  }
  return batch;
}

function printTable(costs: readonly Costs[]): void {
  const of = (read: (one: Costs) => number) => median(costs.map(read));
  const rows = [
    ['recording, each sample', `${of(({ sampleNs }) => sampleNs).toFixed(0)} ns`],
    ['sealing and encoding, each second', `${of(({ sealMs }) => sealMs).toFixed(2)} ms`],
    ['tape, each minute of a runner', `${of((one) => one.kilobytesPerMinute).toFixed(0)} kB`],
    [`reading ${RUNNERS} tapes`, `${of(({ readMs }) => readMs).toFixed(0)} ms`],
    ['merging them', `${of(({ mergeMs }) => mergeMs).toFixed(0)} ms`],
    ['cutting a window of up to 120 s', `${of(({ windowMs }) => windowMs).toFixed(0)} ms`],
    ['measuring the whole of it', `${of(({ measureMs }) => measureMs).toFixed(0)} ms`],
  ];
  console.log(
    `${RUNNERS} runners, ${SECONDS} s, ${ENDPOINTS} endpoints; processor time, median of ${costs.length}`,
  );
  for (const [what = '', cost = ''] of rows) console.log(`  ${what.padEnd(36)}${cost.padStart(10)}`);
  const total = of(({ readMs, mergeMs, windowMs }) => readMs + mergeMs + windowMs);
  const goals = createGoals();
  goals.add('reading, merging and cutting', `${total.toFixed(0)} ms`, '< 2 s', total < 2000);
  goals.print('tapes of several generators');
}

/** Processor time, so that what else the machine does is left out; collecting garbage is in it. */
function timed<Made>(work: () => Made): readonly [Made, number] {
  const before = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(before);
  return [made, (user + system) / 1000];
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
