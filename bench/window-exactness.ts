/**
 * Whether windows are cut where the fault is: a whole run of the command line against a service that answers in 5 ms,
 * and under the fault in 205. Not one slow request may be in the steady window, and not one fast one in the fault's. The
 * requests that outlive the fault are a row of their own: they count in its window, and what is left of their delay is
 * let go when the fault is taken out.
 * Run it with `node dist/bench/window-exactness.js [rounds]`; a round takes about 25 s for each generator.
 */
import { decodeDistribution } from '../src/bench/histogram.js';
import { ALL_ENDPOINTS, type LatencyDistribution } from '../src/bench/measurement.js';
import { createClock } from '../src/cli/create-clock.js';
import type { Result } from '../src/experiments/result-schema.js';
import type { Phase } from '../src/shared/phases.js';
import { allGenerators } from './support/generators.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { startRun } from './support/start-run.js';

const FAST_MS = 5;
const DELAY_MS = 200;
const SLOW_MS = FAST_MS + DELAY_MS;

const rounds = Number(process.argv[2] ?? 1);
const goals = createGoals();
const names = new Set<'embedded' | 'k6'>();
for (const { name, [Symbol.asyncDispose]: dispose } of await allGenerators(createClock())) {
  names.add(name === 'embedded' ? 'embedded' : 'k6');
  await dispose();
}
const results = new Map<string, Result[]>([...names].map((name) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (const generator of names) {
    const run = await startRun({
      generator,
      phases: { warmup: '2s', steady: '8s', fault: '8s', recovery: '3s' },
      ratePerSecond: 200,
      maxVUs: 200,
      answerMs: FAST_MS,
      delayMs: DELAY_MS,
    });
    results.get(generator)?.push(await run.result);
  }

for (const [name, runs] of results) {
  const steady = runs.map((run) => latencyOf(run, 'steady'));
  const fault = runs.map((run) => latencyOf(run, 'fault'));
  const recovery = runs.map((run) => latencyOf(run, 'recovery'));
  const apart = (what: string, wrong: number, all: number): void => {
    goals.add(`${name}: ${what}`, `${wrong} of ${all}`, '0', wrong === 0 && all > 0);
  };
  // A fast request can be late by chance, but hardly by all of the delay; a slow one is never early.
  apart('slow requests in the steady window', sum(steady, slower), sum(steady, all));
  const within = runs.map(withinWindow);
  apart('fast requests that lie in the fault window', sum(within, faster), sum(within, all));
  const outlived = sum(fault, all) - sum(within, all);
  const letGo = sum(fault, faster) - sum(within, faster);
  goals.add(
    `${name}: fast requests that outlived it`,
    `${letGo} of ${outlived}`,
    'told apart',
    letGo <= outlived,
  );
  apart('slow requests in the recovery window', sum(recovery, slower), sum(recovery, all));
  const p50Ms = median(fault.map((latency) => (latency.percentileUs(50) ?? NaN) / 1000));
  goals.near(`${name}: p50 of the fault window`, p50Ms, SLOW_MS, 0.02, 'ms');
}
goals.print('Windows cut where the fault is');

/** The fault phase without the requests that outlived it. */
function withinWindow(result: Result): LatencyDistribution {
  const found = find(result, 'fault');
  return decodeDistribution(found.withinWindow?.histogram ?? found.histogram);
}

function latencyOf(result: Result, phase: Phase): LatencyDistribution {
  return decodeDistribution(find(result, phase).histogram);
}

function find(result: Result, phase: Phase): Result['measurements'][number] {
  const found = result.measurements.find(
    (entry) => entry.phase === phase && entry.endpoint === ALL_ENDPOINTS,
  );
  if (found === undefined)
    throw new Error(
      `the run ended as ${result.run.status}, without a ${phase} phase: ${result.run.statusReason}`,
    );
  return found;
}

function sum(
  distributions: readonly LatencyDistribution[],
  count: (latency: LatencyDistribution) => number,
): number {
  return distributions.reduce((total, latency) => total + count(latency), 0);
}

function all({ count }: LatencyDistribution): number {
  return count;
}

function slower(latency: LatencyDistribution): number {
  return latency.count - faster(latency);
}

/** Buckets are 0.1 % wide; the fastest of the slow requests takes longer than the delay. */
function faster(latency: LatencyDistribution): number {
  return latency
    .buckets()
    .filter(({ toUs }) => toUs < DELAY_MS * 1000)
    .reduce((total, { count }) => total + count, 0);
}
