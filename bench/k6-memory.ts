/**
 * Whether the memory of reading and keeping k6's rows depends on how many there were: resident memory after 12 million
 * requests over that after 4 million. Rows are made here, as k6 writes them, and go the whole way from bytes to the tape,
 * its file and the shelf of its seconds, as in a run.
 * Run it with `node --expose-gc dist/bench/k6-memory.js [--early 4000000] [--late 12000000] [--rate 3000]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createShelfFile } from '../src/bench/create-shelf-file.js';
import { createTape } from '../src/bench/create-tape.js';
import { createK6Rows } from '../src/bench/k6/k6-rows.js';
import { createTapeFeed } from '../src/bench/process/feed-tape.js';
import { createTapeFile } from '../src/bench/tape-file/create-tape-file.js';
import { seededRandom } from '../src/shared/seeded-random.js';
import type { Clock } from '../src/shared/time.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { standardNormal } from './support/standard-normal.js';

const { values } = parseArgs({
  options: {
    early: { type: 'string', default: '4000000' },
    late: { type: 'string', default: '12000000' },
    rate: { type: 'string', default: '3000' },
  },
});
const [early, late, rate] = [Number(values.early), Number(values.late), Number(values.rate)];
const collectGarbage = globalThis.gc;
if (collectGarbage === undefined)
  throw new Error('run it with node --expose-gc: garbage is no memory in use');

/** Requests of one write. */
const BATCH = 600;
const START_MS = Date.UTC(2026, 0, 1);
/** What is freed goes back to the system in waves: a reading is the median over this part of the early requests. */
const PART = 0.25;
const READINGS = 25;
/** Latencies lie as those of a service do: no two seconds are alike, and none can be packed away as a pattern. */
const MEDIAN_MS = 10;
const SPREAD = 0.5;

const random = seededRandom('k6-memory');

let nowMs = START_MS;
const clock: Clock = { nowMs: () => nowMs, wallMs: () => nowMs, sleep: () => Promise.resolve() };
const rows = createK6Rows({ endpoints: [], tags: {}, metrics: [{ name: 'http_req_waiting', tags: {} }] });
const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
const tapeFile = createTapeFile(join(folder, 'tape.plm'), 'bench');
const shelfFile = createShelfFile(join(folder, 'shelf.tmp'));
const tape = createTape({ clock, sink: tapeFile.sink, shelf: shelfFile.shelf });
const feed = createTapeFeed(tape, clock);
rows.push(
  Buffer.from(
    'metric_name,timestamp,metric_value,expected_response,method,name,scenario,status,extra_tags,metadata\n',
  ),
);

const { earlyBytes, lateBytes, measured, ending } = await writeAll().finally(async () => {
  await tapeFile.close();
  await shelfFile.close();
  await rm(folder, { recursive: true });
});

const goals = createGoals();
goals.add('requests in the seconds', String(measured), `${late}, as many as were written`, measured === late);
goals.add('its tape', ending, 'whole', ending === 'whole');
const ratio = lateBytes / earlyBytes;
goals.add(
  `resident memory after ${late} over after ${early}`,
  `${ratio.toFixed(3)} (${megabytes(earlyBytes)} to ${megabytes(lateBytes)})`,
  'at most 1.05',
  ratio <= 1.05,
);
goals.print(`Memory of reading and keeping ${rate} requests a second, in one process`);

async function writeAll() {
  tape.begin('fault');
  const earlyBytes = await writeUntil(0, early);
  const lateBytes = await writeUntil(early, late);
  tape.end();
  // Read back from the shelf, and not from the counts that stayed in memory.
  const inBuckets = tape
    .finish()
    .slices.flatMap(({ latency }) => latency.buckets())
    .reduce((total, { count }) => total + count, 0);
  return { earlyBytes, lateBytes, measured: inBuckets, ending: (await tapeFile.close()).status };
}

/** Writes requests up to so many, and returns the resident memory by then. */
async function writeUntil(from: number, to: number): Promise<number> {
  const readings: number[] = [];
  const readFrom = to - PART * early;
  for (let number = from; number < to; number += BATCH) {
    const count = Math.min(BATCH, to - number);
    rows.push(Buffer.from(Array.from({ length: count }, (_, index) => rowsOf(number + index)).join('')));
    nowMs = START_MS + ((number + count) * 1000) / rate;
    feed.write(rows.collect());
    await setImmediate(); // in which files are written
    if (number + count >= readFrom + (readings.length * PART * early) / READINGS) {
      collectGarbage?.();
      readings.push(process.memoryUsage().rss);
    }
  }
  return median(readings);
}

function rowsOf(number: number): string {
  const endUs = Math.round(START_MS * 1000 + (number * 1_000_000) / rate);
  const tail = `true,GET,GET /${number % 20},load,200,,vu=${number % 50}`;
  const row = (metric: string, value: number): string =>
    `${metric},${endUs}000,${value.toFixed(6)},${tail}\n`;
  const ms = MEDIAN_MS * Math.exp(SPREAD * standardNormal(random));
  return [
    row('plimsoll_request', (number % 20) + 1),
    row('http_reqs', 1),
    row('http_req_duration', ms),
    row('http_req_blocked', 0.01),
    row('http_req_connecting', 0),
    row('http_req_tls_handshaking', 0),
    row('http_req_sending', 0.01),
    row('http_req_waiting', ms),
    row('http_req_receiving', 0.01),
    row('http_req_failed', 0),
  ].join('');
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
