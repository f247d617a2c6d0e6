/**
 * Whether the numbers are right: every request that the server counted is counted once, and the percentiles are those
 * of a full sort of the same samples. Run it with `node dist/bench/exact-numbers.js [seconds]`.
 */
import { rankOf } from '../src/bench/histogram.js';
import { ALL_ENDPOINTS } from '../src/bench/measurement.js';
import { createClock } from '../src/cli/create-clock.js';
import { allGenerators, type NamedGenerator } from './support/generators.js';
import { createGoals } from './support/goals.js';
import { aLoad, measureLoad } from './support/measure-load.js';
import { startServer } from './support/start-server.js';

const RATE = 500;
const PERCENTS = [50, 90, 95, 99, 99.9];

const seconds = Number(process.argv[2] ?? 8);
const clock = createClock();
const goals = createGoals();
for (const named of await allGenerators(clock)) {
  await using generator = named;
  await measure(generator);
}
goals.print('Exact numbers');

async function measure({ name, generator }: NamedGenerator): Promise<void> {
  await using server = await startServer('spread');
  const samples: { readonly startMs: number; readonly latencyUs: number }[] = [];
  const { measurements, outcome } = await measureLoad({
    clock,
    generator,
    load: aLoad(server.url, RATE, 300),
    phases: [
      { phase: 'warmup', seconds: 1 },
      { phase: 'steady', seconds },
      { phase: 'fault', seconds },
      { phase: 'recovery', seconds },
    ],
    listen: ({ count, startMs, latencyUs }) => {
      for (let index = 0; index < count; index++)
        samples.push({ startMs: startMs[index] ?? NaN, latencyUs: latencyUs[index] ?? NaN });
    },
  });
  const counted = await server.count();
  const inSlices = measurements.slices.reduce((total, slice) => total + slice.requests, 0);
  const exactly = (what: string, requests: number): void => {
    goals.add(
      `${name}: ${what}`,
      String(requests),
      `${counted}, as the server counted`,
      requests === counted,
    );
  };
  exactly('requests the generator reports', outcome.status === 'ended' ? outcome.requests : -1);
  exactly('requests in the seconds of the series', inSlices);

  // Which samples are a phase's is asked of the slices' borders; the fault phase has no set-apart requests.
  const fault = measurements.find('fault', ALL_ENDPOINTS);
  const slices = measurements.slices.filter(({ phase }) => phase === 'fault');
  const [fromMs, toMs] = [slices[0]?.startMs ?? 0, (slices[0]?.startMs ?? 0) + (fault?.durationMs ?? 0)];
  const sorted = samples
    .filter(({ startMs }) => startMs >= fromMs && startMs < toMs)
    .map(({ latencyUs }) => latencyUs)
    .sort((a, b) => a - b);
  goals.add(
    `${name}: requests of the fault phase`,
    String(fault?.requests),
    `${sorted.length}, by their start times`,
    fault?.requests === sorted.length,
  );
  for (const percent of PERCENTS) {
    const truthUs = sorted[rankOf(percent, sorted.length) - 1] ?? NaN;
    const readUs = fault?.latency.percentileUs(percent) ?? NaN;
    goals.near(`${name}: p${percent}`, readUs / 1000, truthUs / 1000, 0.002, 'ms');
  }
}
