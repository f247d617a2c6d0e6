/**
 * What it costs to stream what k6 measures while it measures it, whether anything is lost, and how late it comes:
 *
 * - k6's processor time per request while it is streamed, over that of k6 with no output at all, in pairs that alternate by the
 *   second;
 * - the processor time of reading it all and keeping it on a tape, over that of k6, at full speed;
 * - the requests that the server counted and the tape has not, at full speed;
 * - how long after its end a request is on the tape.
 *
 * k6 has half of the processors to itself, so that what it pays for is what it does. With `--shared` it has not, as on a machine
 * that runs everything at once.
 *
 * Run it on a quiet machine: `node dist/bench/k6-streaming.js [--pairs 60] [--seconds 1] [--vus 50] [--shared]
 * [--lost-runs 3] [--lost-seconds 60] [--lag-seconds 30]`. The defaults are what has to hold; smaller ones are a quick look.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createTape } from '../src/bench/create-tape.js';
import type { TapeWriter } from '../src/bench/load-generator.js';
import { createClock } from '../src/cli/create-clock.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { medianInterval, type MedianInterval } from './support/median-interval.js';
import { partProcessors } from './support/part-processors.js';
import { cpuOf } from './support/process-cpu.js';
import { k6Script, type K6Run, requireK6, startPlainK6, startStreamedK6 } from './support/start-k6-load.js';
import { type BenchServer, startServer } from './support/start-server.js';

/** Compiling the script, and the first connections, are none of what is compared. */
const SETTLE_MS = 3000;
/** What k6 has written when it is halted is read and kept by then. */
const DRAIN_MS = 150;
const LAG_RATE = 200;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '1' },
    vus: { type: 'string', default: '50' },
    shared: { type: 'boolean', default: false },
    'lost-runs': { type: 'string', default: '3' },
    'lost-seconds': { type: 'string', default: '60' },
    'lag-seconds': { type: 'string', default: '30' },
  },
});
const [pairs, seconds, vus] = [Number(values.pairs), Number(values.seconds), Number(values.vus)];
const clock = createClock();
const found = await requireK6();
await using parted = values.shared ? undefined : await partProcessors(found);
const binary = parted?.binary ?? found;
const goals = createGoals();

interface Cost {
  readonly k6UsPerRequest: number;
  /** Of it, what is not spent in the kernel. */
  readonly k6UserUsPerRequest: number;
  readonly ownMs: number;
  readonly k6Ms: number;
}

if (pairs > 0) await measureCosts();
for (let run = 0; run < Number(values['lost-runs']); run++) await countLost(run + 1);
if (Number(values['lag-seconds']) > 0) await measureLag();
goals.print(
  `Streaming k6 ${binary.version}, ${vus} users at full speed${values.shared ? ', processors shared' : ''}`,
);

function goal(what: string, interval: MedianInterval, most: number): void {
  goals.add(what, shown(interval), `at most ${most}`, interval.median <= most);
}

function shown({ median: middle, low, high }: MedianInterval): string {
  return `${middle.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/**
 * Two k6 run at once, and all but one of them are halted at any time: so the two parts of a pair are a second apart, and what
 * else the machine does while the pairs go on makes neither dearer than the other.
 */
async function measureCosts(): Promise<void> {
  const load = { vus, seconds: (2 * SETTLE_MS + pairs * 2 * (seconds * 1000 + DRAIN_MS) * 1.1) / 1000 };
  await using plainServer = await startServer('fixed', '0');
  await using streamedServer = await startServer('fixed', '0');
  await using plain = await startPlainK6(binary, k6Script(plainServer.url, load));
  const script = k6Script(streamedServer.url, load);
  await using streamed = await startStreamedK6(binary, script, createTape({ clock }), clock);
  const plainCost = (): Promise<Cost> => costOver(plain, plainServer);
  const streamedCost = (): Promise<Cost> => costOver(streamed, streamedServer);
  const measured: { readonly alone: Cost; readonly told: Cost }[] = [];
  try {
    await sleep(SETTLE_MS);
    for (const { pid } of [plain, streamed]) process.kill(pid, 'SIGSTOP');
    for (let pair = 0; pair < pairs; pair++) {
      // Each comes first as often as the other.
      measured.push(
        pair % 2 === 0
          ? { alone: await plainCost(), told: await streamedCost() }
          : { told: await streamedCost(), alone: await plainCost() },
      );
    }
  } finally {
    for (const { pid } of [plain, streamed]) process.kill(pid, 'SIGCONT'); // what is halted never ends
  }
  await Promise.all([plain.finished, streamed.finished]);
  const [alone, told] = [
    median(measured.map(({ alone: { k6UsPerRequest } }) => k6UsPerRequest)),
    median(measured.map(({ told: { k6UsPerRequest } }) => k6UsPerRequest)),
  ];
  console.log(
    `k6: ${alone.toFixed(1)} us a request alone, ${told.toFixed(1)} us streamed (medians of ${pairs})`,
  );
  const ratio = (of: (cost: Cost) => number): MedianInterval =>
    medianInterval(measured.map((pair) => of(pair.told) / of(pair.alone)));
  goal(
    "k6's processor time per request, streamed over alone",
    ratio(({ k6UsPerRequest }) => k6UsPerRequest),
    1.08,
  );
  console.log(
    `the same without the time in the kernel: ${shown(ratio(({ k6UserUsPerRequest }) => k6UserUsPerRequest))}`,
  );
  goal(
    "processor time of reading and keeping it, over k6's",
    medianInterval(measured.map((pair) => pair.told.ownMs / pair.told.k6Ms)),
    0.03,
  );
}

/** Of a k6 that is halted before and afterwards. */
async function costOver({ pid }: K6Run, server: BenchServer): Promise<Cost> {
  const [k6Before, countBefore, ownBefore] = [await cpuOf(pid), await server.count(), process.cpuUsage()];
  process.kill(pid, 'SIGCONT');
  await sleep(seconds * 1000);
  process.kill(pid, 'SIGSTOP');
  await sleep(DRAIN_MS);
  const own = process.cpuUsage(ownBefore);
  const [k6After, countAfter] = [await cpuOf(pid), await server.count()];
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
