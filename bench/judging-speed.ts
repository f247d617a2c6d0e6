/**
 * How long it takes to judge a stored run again: 50 objectives over 20 endpoints, two minutes of fault at 500/s. The
 * yardstick is a plain pass over the same histograms: each decoded once, and its buckets counted.
 *
 *     npm run build && node dist/bench/judging-speed.js [--rounds 5]
 */
import { parseArgs } from 'node:util';
import { createMeasurements } from '../src/bench/create-measurements.js';
import {
  createRecorder,
  decodeDistribution,
  distributionOf,
  mergeRecorders,
  recordLatency,
} from '../src/bench/histogram.js';
import type { LatencyRecorder } from '../src/bench/histogram.js';
import { ALL_ENDPOINTS, type Measurement, type Slice } from '../src/bench/measurement.js';
import { measurementsToDocument } from '../src/bench/measurement-document.js';
import { judgeAgain } from '../src/experiments/judge-result.js';
import type { Result } from '../src/experiments/result-schema.js';
import type { Phase } from '../src/shared/phases.js';
import { seededRandom } from '../src/shared/seeded-random.js';
import type { JudgedPhase, Sla } from '../src/sla/objective.js';
import { parseObjective } from '../src/sla/parse-objective.js';
import { aResult } from '../test/support/a-result.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { standardNormal } from './support/standard-normal.js';

const MOST_MS = 1000;
const PER_SECOND = 500;
const ENDPOINTS = Array.from({ length: 20 }, (_, index) => `GET /part/${index}`);
const PHASE_SECONDS: readonly (readonly [Phase, number])[] = [
  ['warmup', 10],
  ['steady', 60],
  ['fault', 120],
  ['recovery', 60],
];

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const random = seededRandom('judging-speed');
const stored = aStoredRun();
const sla = fiftyObjectives();

const passMs = timesOf(() => plainPass(stored));
const judgingMs = timesOf(() => judgeAgain(stored, sla));
const judged = judgeAgain(stored, sla);

const goals = createGoals();
goals.add('objectives judged', String(judged.judgements.length), '50', judged.judgements.length === 50);
goals.add(
  'judging them',
  `${judgingMs.toFixed(0)} ms`,
  `below ${MOST_MS} ms of a processor`,
  judgingMs < MOST_MS,
);
goals.add(
  'beside a plain pass over the histograms',
  `${(judgingMs / passMs).toFixed(1)} times (${passMs.toFixed(0)} ms)`,
  'at most 4 times',
  judgingMs / passMs <= 4,
);
goals.print(
  `Judging ${stored.series.length} seconds and ${stored.measurements.length} measurements of a stored run`,
);

/** The median of so many rounds in milliseconds of a processor, after one that warms up. */
function timesOf(action: () => unknown): number {
  action();
  return median(
    Array.from({ length: Number(values.rounds) }, () => {
      const before = process.cpuUsage();
      action();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }),
  );
}

function plainPass({ measurements, series }: Result): number {
  const histograms = [
    ...measurements.flatMap(({ histogram, failedHistogram }) => [histogram, failedHistogram]),
    ...series.map(({ histogram }) => histogram),
  ];
  return histograms
    .flatMap((histogram) => decodeDistribution(histogram).buckets())
    .reduce((total, { count }) => total + count, 0);
}

/** 20 x p95, 10 x p99, 10 x errors for single endpoints, and ten for all: some of them relative to the steady phase. */
function fiftyObjectives(): Sla {
  const forEndpoint = (count: number, line: (tag: string) => string) =>
    ENDPOINTS.slice(0, count).map((name) => line(`{name="${name}"}`));
  const all: Readonly<Record<JudgedPhase, readonly string[]>> = {
    steady: ['p95 <= 200ms', 'p99 <= 400ms', 'errors < 1%'],
    fault: [
      ...forEndpoint(20, (tag) => `p95${tag} <= 300ms`),
      ...forEndpoint(10, (tag) => `p99${tag} <= 3x steady`),
      ...forEndpoint(10, (tag) => `errors${tag} < 1%`),
      'p50 <= 1.5x steady',
      'p95 <= 1.5x steady',
      'p99 <= 1.5x steady',
      'p99.9 <= 2s',
    ],
    recovery: ['recovery <= 15s', 'p95 <= 1.1x steady', 'p99 <= 1.2x steady'],
  };
  const parse = (phase: JudgedPhase) =>
    all[phase].map((line) => {
      const parsed = parseObjective(line, phase);
      if (!parsed.ok) throw new Error(`cannot read "${line}": ${parsed.error.message}`);
      return parsed.objective;
    });
  return { steady: parse('steady'), fault: parse('fault'), recovery: parse('recovery') };
}

function aStoredRun(): Result {
  const measurements: Measurement[] = [];
  const slices: Slice[] = [];
  const windows: Result['windows'] = [];
  let atMs = 0;
  for (const [phase, seconds] of PHASE_SECONDS) {
    const perEndpoint = ENDPOINTS.map(() => createRecorder());
    windows.push({ phase, startMs: atMs, endMs: atMs + seconds * 1000 });
    for (let second = 0; second < seconds; second++, atMs += 1000) {
      const recorder = createRecorder();
      for (let request = 0; request < PER_SECOND; request++) {
        const latencyUs = drawLatencyUs(phase);
        recordLatency(recorder, latencyUs);
        recordLatency(perEndpoint[request % ENDPOINTS.length] ?? recorder, latencyUs);
      }
      const latency = distributionOf(recorder);
      slices.push({
        phase,
        startMs: atMs,
        endMs: atMs + 1000,
        requests: latency.count,
        failures: 0,
        dropped: 0,
        latency,
      });
    }
    measurements.push(measurementOf(phase, ALL_ENDPOINTS, seconds, mergeRecorders(perEndpoint)));
    for (const [index, recorder] of perEndpoint.entries())
      measurements.push(measurementOf(phase, ENDPOINTS[index] ?? '', seconds, recorder));
  }
  const document = measurementsToDocument(createMeasurements(measurements, slices, windows));
  const endMs = (phase: Phase) => windows.find((window) => window.phase === phase)?.endMs ?? 0;
  const result = aResult({ windows, ...document });
  return {
    ...result,
    plan: {
      ...result.plan,
      phasesMs: Object.fromEntries(
        PHASE_SECONDS.map(([phase, s]) => [phase, s * 1000]),
      ) as Result['plan']['phasesMs'],
    },
    faults: result.faults.map((fault) => ({
      ...fault,
      injections: fault.injections.map((injection) => ({
        ...injection,
        requestedAtMs: endMs('steady'),
        injectedAtMs: endMs('steady'),
        recoverRequestedAtMs: endMs('fault'),
        recoveredAtMs: endMs('fault'),
      })),
    })),
  };
}

/** Lognormal around 50 ms, and around 100 ms under the fault. */
function drawLatencyUs(phase: Phase): number {
  return (phase === 'fault' ? 100_000 : 50_000) * Math.exp(0.5 * standardNormal(random));
}

function measurementOf(
  phase: Phase,
  endpoint: string,
  seconds: number,
  recorder: LatencyRecorder,
): Measurement {
  const latency = distributionOf(recorder);
  return {
    phase,
    endpoint,
    durationMs: seconds * 1000,
    requests: latency.count,
    failures: 0,
    noResponse: 0,
    setApart: 0,
    outlived: 0,
    dropped: 0,
    latency,
    failedLatency: distributionOf(createRecorder()),
  };
}
