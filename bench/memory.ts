/**
 * Whether memory stays flat under a long load: the resident memory of every process of a run, early and late. Run it
 * with `node dist/bench/memory.js [--rate 1000] [--early 40] [--late 90] [--generator embedded|k6]`; the times are seconds
 * of load. What has to hold is `--early 120 --late 600`; the default is a quick look. In the first half minute a Node
 * process still grows to the size that it then keeps.
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { startRun } from './support/start-run.js';

const GROWTH = 0.1;
const WARMUP_SECONDS = 5;
/** Garbage is collected in waves: a reading is the median over this part of the time before it. */
const PART = 0.25;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    early: { type: 'string', default: '40' },
    late: { type: 'string', default: '90' },
    generator: { type: 'string', default: 'embedded' },
  },
});
const [rate, early, late] = [Number(values.rate), Number(values.early), Number(values.late)];
const generator = values.generator === 'k6' ? 'k6' : 'embedded';
// The fault is in at both times: what it holds back is memory too, and no growth.
const steadySeconds = Math.max(10, Math.floor(early / 2) - WARMUP_SECONDS);
const faultSeconds = Math.ceil(late - WARMUP_SECONDS - steadySeconds + 5);

interface Reading {
  readonly atSeconds: number;
  readonly kilobytes: number;
}

const startedMs = performance.now();
const run = await startRun({
  generator,
  phases: {
    warmup: `${WARMUP_SECONDS}s`,
    steady: `${steadySeconds}s`,
    fault: `${faultSeconds}s`,
    recovery: '5s',
  },
  ratePerSecond: rate,
  maxVUs: 200,
  answerMs: 2,
  delayMs: 20,
});
const readings = new Map<string, Reading[]>();
const over = run.result.then(() => true);
do {
  const atSeconds = (performance.now() - startedMs) / 1000;
  for (const { name, kilobytes } of await memoryBelow(run.pid)) {
    const known = readings.get(name) ?? [];
    readings.set(name, [...known, { atSeconds, kilobytes }]);
  }
} while (!(await Promise.race([over, sleep(1000, false)])));
const { generator: used, run: ended } = await run.result;

const goals = createGoals();
const requests = rate * late;
goals.add('requests', String(used.requests), `at least ${requests}`, used.requests >= requests);
for (const [name, all] of readings) {
  const [before, after] = [readingAt(all, early), readingAt(all, late)];
  if (Number.isNaN(before) || Number.isNaN(after)) continue; // it did not live as long
  const growth = after / before - 1;
  goals.add(
    `${name}, ${early} s to ${late} s`,
    `${megabytes(before)} to ${megabytes(after)}, ${growth < 0 ? '' : '+'}${(growth * 100).toFixed(1)} %`,
    `at most +${GROWTH * 100} %`,
    growth <= GROWTH,
  );
}
console.log('\nResident memory by the minute, MB: a leak goes on growing, a heap that finds its size stops');
for (const [name, all] of readings) {
  const minutes = Array.from({ length: Math.floor(late / 60) }, (_, index) => (index + 1) * 60);
  console.log(
    `  ${name}: ${minutes.map((at) => (readingOver(all, at - 60, at) / 1024).toFixed(0)).join(' ')}`,
  );
}
goals.print(`Memory at ${rate}/s by ${used.name} ${used.version} (${ended.status})`);

function readingAt(all: readonly Reading[], seconds: number): number {
  return readingOver(all, seconds * (1 - PART), seconds);
}

function readingOver(all: readonly Reading[], from: number, to: number): number {
  return median(
    all.filter(({ atSeconds }) => atSeconds > from && atSeconds <= to).map(({ kilobytes }) => kilobytes),
  );
}

function megabytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}

/** The processes of the run, but not the service under load. */
async function memoryBelow(
  root: number,
): Promise<readonly { readonly name: string; readonly kilobytes: number }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,rss=,args=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .map(([, pid, parent, rss, args = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      rss: Number(rss),
      args,
    }));
  const family = new Set([root]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of rows) if (family.has(parent)) family.add(pid);
  }
  return rows
    .filter(({ pid, args }) => family.has(pid) && !args.includes('bench-server') && !args.startsWith('ps '))
    .map(({ pid, rss, args }) => ({ name: pid === root ? 'harness' : nameOf(args), kilobytes: rss }));
}

function nameOf(args: string): string {
  if (args.includes('proxy-process')) return 'fault proxy';
  return /\bk6 run\b/.test(args) ? 'k6' : (args.split(' ')[0] ?? args);
}
