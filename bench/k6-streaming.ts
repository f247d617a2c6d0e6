/**
 * What it costs to stream what k6 measures while it measures it, whether anything is lost, and how late it comes:
 *
 * - k6's processor time per request while it is streamed, over that of k6 with no output at all, in interleaved pairs;
 * - the processor time of reading it all and keeping it on a tape, over that of k6, at full speed;
 * - the requests that the server counted and the tape has not, at full speed;
 * - how long after its end a request is on the tape.
 *
 * Run it on a quiet machine: `node dist/bench/k6-streaming.js [--pairs 9] [--seconds 30] [--vus 50] [--rate 3000] [--lost-runs 3]
 * [--lost-seconds 60] [--lag-seconds 30]`. The defaults are what has to hold; smaller ones are a quick look.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createTape } from '../src/bench/create-tape.js';
import type { TapeWriter } from '../src/bench/load-generator.js';
import { createClock } from '../src/cli/create-clock.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { medianInterval, type MedianInterval } from './support/median-interval.js';
import { cpuOf } from './support/process-cpu.js';
import { k6Script, type K6Run, requireK6, startPlainK6, startStreamedK6 } from './support/start-k6-load.js';
import { type BenchServer, startServer } from './support/start-server.js';

/** Compiling the script, and the first connections, are none of what is compared. */
const SETTLE_MS = 2000;
const LAG_RATE = 200;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '30' },
    vus: { type: 'string', default: '50' },
    rate: { type: 'string' },
    'lost-runs': { type: 'string', default: '3' },
    'lost-seconds': { type: 'string', default: '60' },
    'lag-seconds': { type: 'string', default: '30' },
  },
});
const [pairs, seconds, vus] = [Number(values.pairs), Number(values.seconds), Number(values.vus)];
/** Of the pairs; undefined: as fast as the users can. */
const rate = values.rate === undefined ? undefined : Number(values.rate);
const clock = createClock();
const binary = await requireK6();
const goals = createGoals();

interface Cost {
  readonly k6UsPerRequest: number;
  /** Of it, what is not spent in the kernel. */
  readonly k6UserUsPerRequest: number;
  readonly ownMs: number;
  readonly k6Ms: number;
}

const ratios: number[] = [];
const userRatios: number[] = [];
const ingest: number[] = [];
for (let pair = 0; pair < pairs; pair++) {
  // Each comes first as often as the other, so that a machine that gets slower favours neither.
  const order = pair % 2 === 0 ? (['plain', 'streamed'] as const) : (['streamed', 'plain'] as const);
  const costs = new Map<string, Cost>();
  for (const kind of order) costs.set(kind, await measureCost(kind));
  const [plain, streamed] = [costs.get('plain'), costs.get('streamed')];
  if (plain === undefined || streamed === undefined) continue;
  ratios.push(streamed.k6UsPerRequest / plain.k6UsPerRequest);
  userRatios.push(streamed.k6UserUsPerRequest / plain.k6UserUsPerRequest);
  ingest.push(streamed.ownMs / streamed.k6Ms);
  console.log(
    `pair ${pair + 1}: k6 ${plain.k6UsPerRequest.toFixed(1)} us a request alone, ${streamed.k6UsPerRequest.toFixed(1)} us streamed; reading it ${(streamed.ownMs / streamed.k6Ms).toFixed(4)} of k6`,
  );
}
if (pairs > 0) {
  goal("k6's processor time per request, streamed over alone", medianInterval(ratios), 1.08);
  const user = medianInterval(userRatios);
  console.log(
    `the same without the time in the kernel: ${[user.median, user.low, user.high].map((ratio) => ratio.toFixed(3)).join(', ')} (median, interval)`,
  );
  goal("processor time of reading and keeping it, over k6's", medianInterval(ingest), 0.03);
}
for (let run = 0; run < Number(values['lost-runs']); run++) await countLost(run + 1);
if (Number(values['lag-seconds']) > 0) await measureLag();
goals.print(`Streaming k6 ${binary.version}, ${vus} users at full speed`);

function goal(what: string, { median: middle, low, high }: MedianInterval, most: number): void {
  const shown = [middle, low, high].map((value) => value.toFixed(3));
  goals.add(
    what,
    `${shown[0] ?? ''} (${shown[1] ?? ''} to ${shown[2] ?? ''})`,
    `at most ${most}`,
    middle <= most,
  );
}

async function measureCost(kind: 'plain' | 'streamed'): Promise<Cost> {
  await using server = await startServer('fixed', '0');
  const load = { vus, seconds: seconds + (2 * SETTLE_MS) / 1000 };
  const script = k6Script(server.url, rate === undefined ? load : { ...load, ratePerSecond: rate });
  await using run = await (kind === 'plain'
    ? startPlainK6(binary, script)
    : startStreamedK6(binary, script, createTape({ clock }), clock));
  await sleep(SETTLE_MS);
  const cost = await costOver(run, server);
  await run.finished;
  return cost;
}

async function costOver({ pid }: K6Run, server: BenchServer): Promise<Cost> {
  const [k6Before, countBefore, ownBefore] = [await cpuOf(pid), await server.count(), process.cpuUsage()];
  await sleep(seconds * 1000);
  const [k6After, countAfter] = [await cpuOf(pid), await server.count()];
  const own = process.cpuUsage(ownBefore);
  const userMs = k6After.userMs - k6Before.userMs;
  const k6Ms = userMs + k6After.systemMs - k6Before.systemMs;
  const requests = countAfter - countBefore;
  return {
    k6UsPerRequest: (k6Ms * 1000) / requests,
    k6UserUsPerRequest: (userMs * 1000) / requests,
    ownMs: (own.user + own.system) / 1000,
    k6Ms,
  };
}

async function countLost(number: number): Promise<void> {
  await using server = await startServer('fixed', '0');
  const tape = createTape({ clock });
  const script = k6Script(server.url, { vus, seconds: Number(values['lost-seconds']) });
  await using run = await startStreamedK6(binary, script, tape, clock);
  const outcome = await run.finished;
  const told = outcome?.status === 'ended' ? outcome.requests : Number.NaN;
  const onTape = tape.finish().slices.reduce((total, { requests }) => total + requests, 0);
  const counted = await server.count();
  const isSame = told === counted && onTape === counted;
  goals.add(
    `run ${number}: requests lost of ${counted}`,
    String(counted - Math.min(told, onTape)),
    '0',
    isSame,
  );
}

/** At a rate that is no strain: how late the live view is, and not how full the machine. */
async function measureLag(): Promise<void> {
  await using server = await startServer('fixed', '5');
  const lagsMs: number[] = [];
  const tape = createTape({ clock });
  const listening: TapeWriter = {
    ...tape,
    write(batch) {
      tape.write(batch);
      const nowMs = clock.nowMs();
      for (let index = 0; index < batch.count; index++) {
        lagsMs.push(nowMs - (batch.startMs[index] ?? NaN) - (batch.latencyUs[index] ?? NaN) / 1000);
      }
    },
  };
  const load = { vus, seconds: Number(values['lag-seconds']), ratePerSecond: LAG_RATE };
  await using run = await startStreamedK6(binary, k6Script(server.url, load), listening, clock);
  await run.finished;
  const sorted = lagsMs.sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
  console.log(`lag at ${LAG_RATE}/s: median ${median(sorted).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
  goals.add(
    'p99 of the time from the end of a request to the tape',
    `${p99.toFixed(0)} ms`,
    'at most 300 ms',
    p99 <= 300,
  );
}
