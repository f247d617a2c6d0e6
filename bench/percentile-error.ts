/**
 * How far percentiles are from those of a full sort: a million latencies, lognormal with a Pareto tail as services have
 * them, cut into seconds and merged as a phase is. Run it with `node dist/bench/percentile-error.js [samples]`.
 */
import {
  createRecorder,
  distributionOf,
  mergeRecorders,
  rankOf,
  recordLatency,
} from '../src/bench/histogram.js';
import { seededRandom } from '../src/shared/seeded-random.js';
import { createGoals } from './support/goals.js';
import { standardNormal } from './support/standard-normal.js';

const PERCENTS = [50, 75, 90, 95, 99, 99.9];
const SECONDS = 300;
const SIGMA = 0.6;
/** The slowest two of a hundred are of the tail, which begins where the body has its 98th percentile. */
const TAIL_SHARE = 0.02;
const TAIL_FROM = Math.exp(SIGMA * 2.054);
const TAIL_EXPONENT = 1.5;
const WITHIN = 0.001;

const samples = Number(process.argv[2] ?? 1_000_000);
const goals = createGoals();
for (const medianMs of [2, 20, 200]) measure(medianMs);
goals.print(`Percentiles of ${samples} latencies against a full sort`);

function measure(medianMs: number): void {
  const random = seededRandom(`percentile-error ${medianMs}`);
  const seconds = Array.from({ length: SECONDS }, () => createRecorder());
  const all = new Float64Array(samples);
  for (let index = 0; index < samples; index++) {
    const us = Math.min(latencyUs(medianMs, random), 3_600_000_000);
    all[index] = us;
    const recorder = seconds[index % SECONDS];
    if (recorder !== undefined) recordLatency(recorder, us);
  }
  const distribution = distributionOf(mergeRecorders(seconds));
  const sorted = all.sort();
  for (const percent of PERCENTS) {
    const truthMs = (sorted[rankOf(percent, samples) - 1] ?? NaN) / 1000;
    const readMs = (distribution.percentileUs(percent) ?? NaN) / 1000;
    goals.near(`median ${medianMs} ms: p${percent}`, readMs, truthMs, WITHIN, 'ms');
  }
}

function latencyUs(medianMs: number, random: () => number): number {
  const factor =
    random() < TAIL_SHARE
      ? TAIL_FROM * (1 - random()) ** (-1 / TAIL_EXPONENT)
      : Math.exp(SIGMA * standardNormal(random));
  return medianMs * 1000 * factor;
}
