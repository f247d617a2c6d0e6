import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { expect } from 'chai';
import { createTape } from '../../../src/bench/create-tape.js';
import { OTHER_ENDPOINTS } from '../../../src/bench/endpoint-table.js';
import { findK6, type K6Binary } from '../../../src/bench/k6/find-k6.js';
import type { PlannedLoad } from '../../../src/bench/load-generator.js';
import type { LoadReads } from '../../../src/bench/load-reads.js';
import type { MetricSelector } from '../../../src/bench/metric-series.js';
import { createCollectingTape, type CollectingTape } from '../../support/collecting-tape.js';
import { aK6Bench, aScriptLoad, type K6Bench } from '../../support/k6-bench.js';
import { k6Binaries } from '../../support/k6-binaries.js';
import { realClock } from '../../support/real-clock.js';
import { requires } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

const never = new AbortController().signal;
const HELD_UP = new URL('../../support/programs/held-up-rows-worker.js', import.meta.url);

const SCRIPT = `
import http from 'k6/http';
import { check, group } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const wait = new Trend('queue_wait', true);
const bytes = new Trend('order_bytes');
const ok = new Rate('orders_ok');
const orders = new Counter('orders');
const depth = new Gauge('depth');
const unread = new Trend('unread');

export const options = { scenarios: { checkout: { executor: 'per-vu-iterations', vus: 1, iterations: 20 } } };

export function setup() {
  wait.add(1e6);
}

export default function () {
  const number = __ITER;
  group('pay', () => {
    const response = http.post(__ENV.URL + '/orders/' + number, null, { tags: { name: 'POST /orders', kind: number % 4 === 0 ? 'a' : 'b' + number } });
    check(response, { 'status is "201"': ({ status }) => status === 201 });
  });
  http.get(__ENV.URL + '/read');
  wait.add(number + 0.5, { kind: number % 2 === 0 ? 'even' : 'odd' });
  bytes.add(-1);
  ok.add(number % 10 !== 0);
  orders.add(2.5);
  depth.add(number);
  unread.add(number);
}
`;

function readsOf(parts: Partial<LoadReads>): LoadReads {
  return { endpoints: [], tags: {}, metrics: [], ...parts };
}
function aSelector(name: string, tags: MetricSelector['tags'] = {}): MetricSelector {
  return { name, tags };
}

for (const path of k6Binaries()) {
  describe(`metrics and tags of k6${path === undefined ? '' : ` (${basename(dirname(path))})`}`, () => {
    let binary: K6Binary;
    let bench: K6Bench;
    let server: Server;
    let url: string;
    let served: number;

    before(async function () {
      if (path === undefined) return;
      const found = await findK6({ env: { PLIMSOLL_K6: path }, cacheDir: '/nowhere' });
      if ('missing' in found) throw new Error(found.missing);
      binary = found;
    });

    beforeEach(async function () {
      requires(this, 'k6 named in PLIMSOLL_TEST_K6', path);
      bench = aK6Bench(binary);
      served = 0;
      server = createServer((request, response) => {
        served += 1;
        response.statusCode = request.url === '/orders/3' ? 503 : request.method === 'POST' ? 201 : 200;
        response.end('{}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    afterEach(async () => {
      if (path === undefined) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await bench.end();
    });

    async function run(
      script: string,
      reads?: LoadReads,
      generator = bench.generator,
    ): Promise<CollectingTape> {
      const load = aScriptLoad(bench.file('script.js', script), {
        env: { URL: url },
        ...(reads === undefined ? {} : { reads }),
      });
      const tape = createCollectingTape();
      const running = await generator.start(load, tape, never);
      const outcome = await running.finished;
      expect(outcome).to.include({ status: 'ended', how: 'finished' });
      return tape;
    }

    const valuesOf = (tape: CollectingTape, name: string): readonly number[] =>
      tape.metricSamples.filter(({ series }) => series.name === name).map(({ value }) => value);

    it('are told as the script makes them, where they are asked for, without those of setup()', async () => {
      const metrics = ['queue_wait', 'order_bytes', 'orders_ok', 'orders', 'depth', 'vus'].map((name) =>
        aSelector(name),
      );
      const tape = await run(SCRIPT, readsOf({ metrics }));
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      expect(valuesOf(tape, 'queue_wait')).to.deep.equal(numbers.map((number) => number + 0.5));
      expect(valuesOf(tape, 'order_bytes')).to.deep.equal(numbers.map(() => -1));
      expect(valuesOf(tape, 'orders_ok')).to.deep.equal(numbers.map((number) => Number(number % 10 !== 0)));
      expect(valuesOf(tape, 'orders')).to.deep.equal(numbers.map(() => 2.5));
      expect(valuesOf(tape, 'depth')).to.deep.equal(numbers);
      expect(valuesOf(tape, 'unread')).to.deep.equal([]);
      const types = new Map(
        tape.metricSamples.map(({ series }) => [series.name, `${series.type} ${series.contains}`]),
      );
      expect(Object.fromEntries(types)).to.deep.include({
        queue_wait: 'trend time',
        order_bytes: 'trend default',
        orders_ok: 'rate default',
        orders: 'counter default',
        depth: 'gauge default',
      });
      expect(tape.samples).to.have.length(40);
    });

    it('are picked by their tags, checks by their names, and built-in ones too', async () => {
      const tape = await run(
        SCRIPT,
        readsOf({
          metrics: [
            aSelector('queue_wait', { kind: 'even' }),
            aSelector('checks', { check: 'status is "201"' }),
            aSelector('group_duration', { group: '::pay' }),
            aSelector('http_req_waiting', { name: 'GET /read' }),
            aSelector('http_req_duration', { name: 'POST /orders', status: '503' }),
            aSelector('http_req_blocked'),
            aSelector('iterations'),
          ],
        }),
      );
      expect(valuesOf(tape, 'queue_wait').map((value) => value % 2)).to.deep.equal(Array(10).fill(0.5));
      expect(valuesOf(tape, 'checks').filter((value) => value === 1)).to.have.length(19);
      expect(valuesOf(tape, 'checks')).to.have.length(20);
      expect(valuesOf(tape, 'group_duration')).to.have.length(20);
      expect(valuesOf(tape, 'http_req_waiting')).to.have.length(20);
      expect(valuesOf(tape, 'http_req_blocked')).to.have.length(40);
      expect(valuesOf(tape, 'iterations')).to.have.length(20);
      expect(valuesOf(tape, 'http_req_duration')).to.have.length(1);
      // A duration belongs to the time in which its request was under way.
      const [duration] = tape.metricSamples.filter(({ series }) => series.name === 'http_req_duration');
      expect(duration!.endMs).to.be.at.least(duration!.startMs + duration!.value);
    });

    it('tell requests apart by the values that are asked for', async () => {
      const tape = await run(
        SCRIPT,
        readsOf({
          tags: { kind: ['a'], method: ['POST'], scenario: ['checkout'], group: ['::pay'], status: ['503'] },
        }),
      );
      const common = { scenario: 'checkout' };
      expect(tape.tagsOf.get('POST /orders')).to.have.deep.members([
        { ...common, kind: 'a', method: 'POST', group: '::pay', status: '(other)' },
        { ...common, kind: '(other)', method: 'POST', group: '::pay', status: '(other)' },
        { ...common, kind: '(other)', method: 'POST', group: '::pay', status: '503' },
      ]);
      expect(tape.tagsOf.get('GET /read')).to.deep.equal([
        { ...common, kind: '(other)', method: '(other)', group: '(other)', status: '(other)' },
      ]);
    });

    it('give a refused request the time until it was given up, also as a metric', async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const tape = await run(
        `import http from 'k6/http';
         export const options = { vus: 1, iterations: 3 };
         export default function () { http.get(__ENV.URL); }`,
        readsOf({ metrics: [aSelector('http_req_duration'), aSelector('http_req_waiting')] }),
      );
      expect(tape.samples.map(({ latencyUs }) => latencyUs > 0)).to.deep.equal([true, true, true]);
      expect(valuesOf(tape, 'http_req_duration').map((ms) => ms * 1000)).to.deep.equal(
        tape.samples.map(({ latencyUs }) => latencyUs),
      );
      // k6 writes 0 here, which nobody has measured.
      expect(valuesOf(tape, 'http_req_waiting')).to.deep.equal([NaN, NaN, NaN]);
    });

    it('count a request that still hangs at the end in the metric of its duration', async () => {
      server.removeAllListeners('request');
      server.on('request', () => (served += 1));
      const load: PlannedLoad = aScriptLoad(
        bench.file(
          'script.js',
          `import http from 'k6/http';
           export const options = { vus: 2, duration: '60s' };
           export default function () { http.get(__ENV.URL, { tags: { kind: 'a' } }); }`,
        ),
        { env: { URL: url }, reads: readsOf({ metrics: [aSelector('http_req_duration', { kind: 'a' })] }) },
      );
      const tape = createCollectingTape();
      const running = await bench.generator.start(load, tape, never);
      await waitUntil('both hang', () => served === 2);
      await realClock.sleep(1000, never);
      await running.stop(0);
      expect(tape.samples).to.have.length(2);
      const durations = tape.metricSamples.map(({ value }) => value);
      // k6 may have written the row of a request that it cut itself, or none.
      expect(durations).to.have.length(2);
      for (const ms of durations) expect(ms).to.be.at.least(900);
    });

    it('keep names that objectives name apart from ten thousand others', async () => {
      const tape = await run(
        `import http from 'k6/http';
         export const options = { vus: 1, iterations: 100 };
         export default function () {
           for (let index = 0; index < 100; index++) http.get(__ENV.URL, { tags: { name: 'n' + (__ITER * 100 + index), kind: 'a' } });
         }`,
        readsOf({ endpoints: ['n9999'], tags: { kind: ['a'] } }),
      );
      expect(tape.samples).to.have.length(10_000);
      const count = (name: string) => tape.samples.filter(({ endpoint }) => endpoint === name).length;
      expect(count('n9999')).to.equal(1);
      expect(count('n7')).to.equal(1);
      expect(count(OTHER_ENDPOINTS)).to.be.above(9_000);
      expect(new Set(tape.samples.map(({ endpoint }) => endpoint)).size).to.be.below(510);
      // What is folded together keeps the tags that are asked for.
      expect(tape.tagsOf.get(OTHER_ENDPOINTS)).to.deep.equal([{ kind: 'a' }]);
    });

    it('are told by a script that sends no request at all', async () => {
      const tape = await run(
        `import { Counter } from 'k6/metrics';
         const orders = new Counter('orders');
         export const options = { vus: 1, iterations: 3 };
         export default function () { orders.add(2); }`,
        readsOf({ metrics: [aSelector('orders')] }),
      );
      expect(tape.samples).to.deep.equal([]);
      expect(valuesOf(tape, 'orders')).to.deep.equal([2, 2, 2]);
    });

    it("tell a script's thresholds as it has them", async () => {
      const script = bench.file(
        'script.js',
        `import { Trend } from 'k6/metrics';
         const wait = new Trend('queue_wait');
         export const options = { thresholds: {
           http_req_duration: ['p(95)<300', { threshold: 'avg<100', abortOnFail: true }],
           'queue_wait{kind:a}': ['p(99) < 10'],
         } };
         export default function () {}`,
      );
      const thresholds = await bench.generator.thresholds!(aScriptLoad(script), never);
      expect(thresholds).to.have.deep.members([
        { metric: 'http_req_duration', expression: 'p(95)<300', abortOnFail: false },
        { metric: 'http_req_duration', expression: 'avg<100', abortOnFail: true },
        { metric: 'queue_wait{kind:a}', expression: 'p(99) < 10', abortOnFail: false },
      ]);
    });

    it('are all counted where the reader is held up for ten seconds', async () => {
      const heldUp = aK6Bench(binary, { rowsWorker: HELD_UP });
      try {
        const tape = createTape({ clock: realClock });
        const script = heldUp.file(
          'script.js',
          `import http from 'k6/http';
           export const options = { scenarios: { all: {
             executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s', duration: '12s', preAllocatedVUs: 20, gracefulStop: '2s',
           } } };
           export default function () { http.get(__ENV.URL); }`,
        );
        const running = await heldUp.generator.start(aScriptLoad(script, { env: { URL: url } }), tape, never);
        tape.begin('fault');
        const outcome = await running.finished;
        tape.end();
        expect(outcome).to.include({ status: 'ended', requests: served });
        const { slices } = tape.finish();
        expect(slices.reduce((total, { requests }) => total + requests, 0)).to.equal(served);
      } finally {
        await heldUp.end();
      }
    });
  });
}
