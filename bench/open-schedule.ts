/**
 * Whether a stall of the server shows in full: it holds requests for 1 s of every 10 s, and each answer takes 50 ms.
 * In an open load nine requests of ten take 50 ms, and the tenth anything up to 1,050 ms, evenly: p50 is 50, p95 550 and
 * p99 950 ms. The generators take turns, and the median of the rounds counts. Run it with
 * `node dist/bench/open-schedule.js [rounds]`; a round takes 13 s.
 */
import { loadavg } from 'node:os';
import type { LoadGenerator } from '../src/bench/load-generator.js';
import { ALL_ENDPOINTS, type Measurement } from '../src/bench/measurement.js';
import { createClock } from '../src/cli/create-clock.js';
import { allGenerators } from './support/generators.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { aLoad, measureLoad } from './support/measure-load.js';
import { startServer } from './support/start-server.js';

const RATE = 200;
const TRUTH = [
  [50, 50],
  [95, 550],
  [99, 950],
] as const;

const rounds = Number(process.argv[2] ?? 3);
const PERIOD_SECONDS = 10;
const clock = createClock();
const goals = createGoals();
const generators = await allGenerators(clock);
const found = new Map<string, Measurement[]>(generators.map(({ name }) => [name, []]));
for (let round = 1; round <= rounds; round++)
  for (const { name, generator } of generators) {
    const measurement = await measure(generator);
    found.get(name)?.push(measurement);
    console.log(`round ${round}  ${name.padEnd(9)} ${describe(measurement)}`);
  }
for (const generator of generators) await generator[Symbol.asyncDispose]();

for (const [name, measurements] of found) {
  for (const [percent, truthMs] of TRUTH)
    goals.near(
      `${name}: p${percent}`,
      median(measurements.map(({ latency }) => latency.percentileUs(percent) ?? NaN)) / 1000,
      truthMs,
      0.05,
      'ms',
    );
  const requests = median(measurements.map((measurement) => measurement.requests));
  goals.near(`${name}: requests in a round`, requests, RATE * PERIOD_SECONDS, 0.001, '');
  const dropped = measurements.reduce((sum, measurement) => sum + measurement.dropped, 0);
  goals.add(`${name}: dropped`, String(dropped), '0', dropped === 0);
}
goals.print(
  `An open schedule through a stall of 1 s in every 10 s (load average ${loadavg()[0]?.toFixed(1) ?? '?'})`,
);

async function measure(generator: LoadGenerator): Promise<Measurement> {
  await using server = await startServer('stalling', '50');
  const { measurements } = await measureLoad({
    clock,
    generator,
    load: aLoad(server.url, RATE, 400),
    // The fault phase counts what outlives it, so that the stall of its one period is in it in full.
    phases: [
      { phase: 'warmup', seconds: 1 },
      { phase: 'fault', seconds: PERIOD_SECONDS },
    ],
  });
  const measurement = measurements.find('fault', ALL_ENDPOINTS);
  if (measurement === undefined) throw new Error('the tape has no fault phase');
  return measurement;
}

function describe({ latency, requests, dropped }: Measurement): string {
  const percentiles = TRUTH.map(
    ([percent]) => `p${percent} ${((latency.percentileUs(percent) ?? NaN) / 1000).toFixed(1)} ms`,
  );
  return `${percentiles.join('  ')}  ${requests} requests, ${dropped} dropped`;
}
