/**
 * How often a steady phase is called drifting that is not, and how often one that is. Latencies are lognormal; they are
 * alike from request to request (AR(1) 0.9), or whole seconds are (their level wanders, AR(1) 0.9).
 *
 *     npm run build && node dist/bench/drift-alarms.js [--trials 2000]
 */
import { parseArgs } from 'node:util';
import { createRecorder, distributionOf, recordLatency } from '../src/bench/histogram.js';
import type { Slice } from '../src/bench/measurement.js';
import { seededRandom } from '../src/shared/seeded-random.js';
import { describeDrift } from '../src/sla/describe-drift.js';
import { createGoals } from './support/goals.js';
import { standardNormal } from './support/standard-normal.js';

interface Steady {
  readonly seconds: number;
  readonly perSecond: number;
  /** How alike requests are to the one before, and seconds. */
  readonly requests: number;
  readonly levels: { readonly correlation: number; readonly spread: number };
  /** From the first second to the last. */
  readonly drift: number;
}

const MEDIAN_US = 50_000;
const SIGMA = 0.5;
const STILL = { correlation: 0, spread: 0 };
const ALIKE: Steady = { seconds: 15, perSecond: 100, requests: 0.9, levels: STILL, drift: 0 };
const MINUTE: Steady = { ...ALIKE, seconds: 60, perSecond: 167 };
const wandering = (spread: number) => ({ correlation: 0.9, spread });

const { values } = parseArgs({ options: { trials: { type: 'string', default: '2000' } } });
const trials = Number(values.trials);
const random = seededRandom('drift-alarms');
const goals = createGoals();

const few = (what: string, steady: Steady) => {
  const share = alarms(steady);
  goals.add(`false alarms, ${what}`, percent(share), 'at most 2 %', share <= 0.02);
};
few('15 s at 100/s, independent', { ...ALIKE, requests: 0 });
few('15 s at 100/s, AR(1) 0.9 from request to request', ALIKE);
few('60 s at 167/s, AR(1) 0.9 from request to request', MINUTE);
// A service whose level itself wanders is on its way somewhere, if not for long: nothing is promised of it.
const wander = (what: string, steady: Steady) => {
  goals.add(`alarms, ${what}`, percent(alarms(steady)), 'none', true);
};
wander('15 s at 100/s, a level that wanders by 10 %', { ...ALIKE, levels: wandering(0.1) });
wander('60 s at 167/s, a level that wanders by 10 %', { ...MINUTE, levels: wandering(0.1) });
const many = (what: string, steady: Steady, goal: number) => {
  const share = alarms(steady);
  goals.add(`seen, ${what}`, percent(share), `at least ${percent(goal)}`, share >= goal);
};
many('15 s at 100/s, independent, a rise of 100 %', { ...ALIKE, requests: 0, drift: 1 }, 0.8);
many('60 s at 167/s, AR(1) 0.9, a rise of 40 %', { ...MINUTE, drift: 0.4 }, 0.5);
many('60 s at 167/s, AR(1) 0.9, a rise of 100 %', { ...MINUTE, drift: 1 }, 0.9);
goals.print(`Drift of a steady phase, ${trials} phases each`);

function alarms(steady: Steady): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (describeDrift(drawSlices(steady)) !== undefined) count++;
  return count / trials;
}

function drawSlices({ seconds, perSecond, requests, levels, drift }: Steady): Slice[] {
  let normal = standardNormal(random);
  let level = standardNormal(random);
  return Array.from({ length: seconds }, (_, second) => {
    level = levels.correlation * level + Math.sqrt(1 - levels.correlation ** 2) * standardNormal(random);
    const times = Math.exp(levels.spread * level) * (1 + (drift * second) / (seconds - 1));
    const recorder = createRecorder();
    for (let request = 0; request < perSecond; request++) {
      normal = requests * normal + Math.sqrt(1 - requests ** 2) * standardNormal(random);
      recordLatency(recorder, times * MEDIAN_US * Math.exp(SIGMA * normal));
    }
    const [startMs, endMs] = [second * 1000, (second + 1) * 1000];
    const none = { failures: 0, dropped: 0 };
    return {
      ...none,
      phase: 'steady',
      startMs,
      endMs,
      requests: perSecond,
      latency: distributionOf(recorder),
    };
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
