/**
 * What the verdict says in real runs on the demo service, phases of 10 s at 100/s, by the embedded generator:
 *
 * - runs in which the fault hits another service, so that nothing changes: none of them may be a breach
 * - runs whose delay takes the p95 a fifth over its limit: all of them have to be
 * - runs with a stop condition: how long after it was met the fault was out
 *
 *     npm run build && node dist/bench/real-verdicts.js [--same 40] [--over 20] [--stops 10]
 *
 * All of them take about forty minutes. Of a run that was not as expected every reason is printed. Several instances may run
 * at once: each run has a folder and ports of its own.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Result } from '../src/experiments/result-schema.js';
import { packageRoot } from '../src/shared/package-root.js';
import { OUTCOMES } from '../src/shared/outcome.js';
import { createGoals } from './support/goals.js';
import { aDelay, startExperiment } from './support/start-run.js';
import { freePort } from './support/start-server.js';

const { values } = parseArgs({
  options: {
    same: { type: 'string', default: '40' },
    over: { type: 'string', default: '20' },
    stops: { type: 'string', default: '10' },
  },
});
const SERVICE = [process.execPath, join(packageRoot, 'demo', 'order-service.mjs')];
const LIMIT_MS = 160;
/** The service takes about 12 ms at its p95. */
const OVER_MS = 180;
/** The fault is asked to go, and proven gone, within this of the condition being met. */
const STOPPED_WITHIN_MS = 1000;

const goals = createGoals();

const same = await runAll(Number(values.same), 'nothing changes', {
  target: 'aside',
  latencyMs: OVER_MS,
  fault: ['p95 <= 1.10x steady', 'p99 <= 1.10x steady', 'errors < 1%'],
  expected: ({ verdict }) => verdict.outcome !== 'breach',
});
if (same.length > 0) goals.add('no change', describe(same), '0 breaches', count(same, 'breach') === 0);

const over = await runAll(Number(values.over), 'a fifth over the limit', {
  target: 'orders',
  latencyMs: OVER_MS,
  fault: [`p95 <= ${LIMIT_MS}ms`],
  expected: ({ verdict }) => verdict.outcome === 'breach',
});
const p95s = over.flatMap(({ measurements }) =>
  measurements.flatMap(({ phase, endpoint, p95Ms }) =>
    phase === 'fault' && endpoint === '*' ? (p95Ms ?? []) : [],
  ),
);
if (over.length > 0) {
  goals.add(
    `p95 ${Math.min(...p95s).toFixed(0)} to ${Math.max(...p95s).toFixed(0)} ms, limit ${LIMIT_MS} ms`,
    describe(over),
    `${over.length} breaches`,
    count(over, 'breach') === over.length,
  );
}

const stopped = await runAll(Number(values.stops), 'stopped', {
  target: 'orders',
  latencyMs: OVER_MS,
  fault: ['errors < 1%'],
  stopWhen: ['p95 > 100ms for 2s'],
  expected: (result) => stoppedAfterMs(result) < STOPPED_WITHIN_MS,
});
const delays = stopped.map(stoppedAfterMs);
if (stopped.length > 0) {
  goals.add(
    'stop condition met to fault gone, longest',
    `${Math.max(...delays).toFixed(0)} ms`,
    `less than ${STOPPED_WITHIN_MS} ms`,
    delays.every((ms) => ms < STOPPED_WITHIN_MS),
  );
}
goals.print('Verdicts of real runs');

interface Course {
  readonly target: 'orders' | 'aside';
  readonly latencyMs: number;
  readonly fault: readonly string[];
  readonly stopWhen?: readonly string[];
  /** Whether a run came out as it has to. */
  readonly expected: (result: Result) => boolean;
}

/** One run after another, each with a line. */
async function runAll(runs: number, name: string, course: Course): Promise<readonly Result[]> {
  const results: Result[] = [];
  while (results.length < runs) {
    const run = await startExperiment(await config(), experiment(course), 'embedded');
    const result = await run.result;
    results.push(result);
    console.log(`${name} ${results.length}/${runs}: ${result.verdict.outcome}, ${result.verdict.reason}`);
    if (!course.expected(result)) explain(result);
  }
  return results;
}

/** Everything that may be the cause. */
function explain({ run, windows, judgements, verdict }: Result): void {
  const waits = windows.map(({ phase, cpuWait }) => `${phase} ${((cpuWait ?? NaN) * 100).toFixed(0)} %`);
  console.log(
    `  NOT AS EXPECTED: run ${run.id}, ended ${run.status}; waited for a processor: ${waits.join(', ')}`,
  );
  for (const { phase, objective, outcome, reason } of judgements)
    console.log(`    ${phase} ${objective}: ${outcome}, ${reason}`);
  for (const caveat of verdict.caveats) console.log(`    ${caveat}`);
}

function count(results: readonly Result[], outcome: Result['verdict']['outcome']): number {
  return results.filter(({ verdict }) => verdict.outcome === outcome).length;
}

function describe(results: readonly Result[]): string {
  return OUTCOMES.map((outcome) => `${count(results, outcome)} ${outcome}`).join(', ');
}

function stoppedAfterMs(result: Result): number {
  return between(result, 'stop-condition-met', 'fault-recovered');
}

function between({ events }: Result, from: string, to: string): number {
  const at = (kind: string) => events.find((event) => event.kind === kind)?.atMs ?? Number.NaN;
  return at(to) - at(from);
}

async function config(): Promise<object> {
  const service = async (app: string) => ({
    command: SERVICE,
    replicas: 2,
    labels: { app },
    port: await freePort(),
    readiness: { http: '/healthz' },
  });
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Config',
    environments: {
      local: {
        driver: 'local',
        services: { orders: await service('orders'), aside: await service('aside') },
      },
    },
  };
}

function experiment({ target, latencyMs, fault, stopWhen = [] }: Course): object {
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Experiment',
    metadata: { name: 'verdicts' },
    hypothesis: 'The verdict says what happened.',
    phases: { warmup: '3s', steady: '10s', fault: '10s', recovery: '5s' },
    load: {
      http: {
        baseUrl: '{{services.orders.url}}',
        requests: [{ method: 'POST', path: '/orders', body: { item: 'tea' }, expect: { status: 201 } }],
      },
      profile: { rate: '100/s', maxVUs: 100 },
    },
    faults: [aDelay(target, latencyMs)],
    sla: { steady: ['errors < 1%'], fault },
    guards: { stopWhen },
  };
}
