import { execFileSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { expect } from 'chai';
import { findK6, type K6Binary } from '../../../src/bench/k6/find-k6.js';
import type { LoadOutcome, PlannedLoad, RunningLoad } from '../../../src/bench/load-generator.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../src/bench/sample-batch.js';
import { aRequest } from '../../support/a-request.js';
import { createCollectingTape, type CollectingTape } from '../../support/collecting-tape.js';
import { aK6Bench, anHttpLoad, aScriptLoad, type K6Bench } from '../../support/k6-bench.js';
import { k6Binaries } from '../../support/k6-binaries.js';
import { realClock } from '../../support/real-clock.js';
import { requires } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

const never = new AbortController().signal;

for (const path of k6Binaries()) {
  describe(`the k6 generator${path === undefined ? '' : ` on ${basename(dirname(path))}`}`, () => {
    let binary: K6Binary;
    let bench: K6Bench;
    const servers: Server[] = [];

    before(async function () {
      if (path === undefined) return;
      const found = await findK6({ env: { PLIMSOLL_K6: path }, cacheDir: '/nowhere' });
      if ('missing' in found) throw new Error(found.missing);
      binary = found;
    });

    beforeEach(function () {
      requires(this, 'k6 named in PLIMSOLL_TEST_K6', path);
      bench = aK6Bench(binary);
    });

    afterEach(async () => {
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      if (path !== undefined) await bench.end();
    });

    async function serve(
      handler: (request: IncomingMessage, response: ServerResponse) => void,
    ): Promise<string> {
      const server = createServer(handler);
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }

    async function start(load: PlannedLoad): Promise<{ tape: CollectingTape; running: RunningLoad }> {
      const tape = createCollectingTape();
      return { tape, running: await bench.generator.start(load, tape, never) };
    }

    async function runToEnd(load: PlannedLoad): Promise<{ tape: CollectingTape; outcome: LoadOutcome }> {
      const { tape, running } = await start(load);
      const outcome = await running.finished;
      expectNothingLeft(tape);
      return { tape, outcome };
    }

    function expectNothingLeft(tape: CollectingTape): void {
      expect(tape.lateOnes).to.deep.equal([]);
      expect(bench.temporaryFiles()).to.not.include('k6-rows');
    }

    async function startError(load: PlannedLoad, signal = never): Promise<Error & { code?: string }> {
      return await bench.generator.start(load, createCollectingTape(), signal).then(
        () => expect.fail('it started'),
        (thrown: unknown) => thrown as Error,
      );
    }

    it('fills {{seq}} and {{uuid}} in, another one for each request', async () => {
      const served: { url: string; key: string; body: string }[] = [];
      const url = await serve((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          served.push({ url: request.url ?? '', key: String(request.headers['x-key']), body });
          response.end();
        });
      });
      const { outcome } = await runToEnd(
        anHttpLoad(url, {
          requests: [
            aRequest({
              method: 'POST',
              url: `${url}/orders/{{ seq }}?again={{seq}}`,
              headers: { 'x-key': 'key-{{uuid}}' },
              body: '{"id":"{{uuid}}","number":"{{seq}}"}',
            }),
          ],
          maxDurationMs: 1000,
        }),
      );
      expect(outcome).to.include({ status: 'ended', requests: served.length });
      const numbers = served.map(({ body }) => Number((JSON.parse(body) as { number: string }).number));
      // Each number once, from 1 on without a gap, in whatever order the virtual users send them.
      expect([...numbers].sort((a, b) => a - b)).to.deep.equal(served.map((_, index) => index + 1));
      expect(new Set(served.map(({ key }) => key)).size).to.equal(served.length);
      for (const [index, { url: path, key, body }] of served.entries()) {
        const number = String(numbers[index]);
        expect(path).to.equal(`/orders/${number}?again=${number}`);
        expect(key).to.match(/^key-[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(body).to.equal(JSON.stringify({ id: key.slice(4), number }));
      }
    });

    it('counts exactly the requests that the server counts, and sends what the experiment says', async () => {
      const served: string[] = [];
      const url = await serve((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          served.push(`${request.method} ${request.url} ${String(request.headers['x-team'] ?? '')} ${body}`);
          response.writeHead(request.method === 'POST' ? 201 : 200).end('{}');
        });
      });
      const { tape, outcome } = await runToEnd(
        anHttpLoad(url, {
          requests: [
            aRequest({ name: 'read', url: `${url}/orders/1`, weight: 3 }),
            aRequest({
              name: 'submit',
              method: 'POST',
              url: `${url}/orders`,
              headers: { 'x-team': 'tea' },
              body: '{"item":"tea"}',
              expectStatus: { min: 201, max: 201 },
            }),
          ],
          maxDurationMs: 1500,
        }),
      );
      expect(served.length).to.be.greaterThan(20);
      expect(outcome).to.include({ status: 'ended', how: 'finished', requests: served.length });
      expect(tape.samples.length).to.equal(served.length);
      const by = (name: string): number => tape.samples.filter(({ endpoint }) => endpoint === name).length;
      expect(by('read')).to.equal(served.filter((line) => line === 'GET /orders/1  ').length);
      expect(by('submit')).to.equal(
        served.filter((line) => line === 'POST /orders tea {"item":"tea"}').length,
      );
      expect(tape.samples.every(({ result }) => result === RESULT_OK)).to.equal(true);
      for (const { startMs, endMs, latencyUs } of tape.samples) {
        expect(latencyUs).to.be.greaterThan(0);
        expect(endMs).to.be.within(startMs, realClock.nowMs());
      }
    });

    it('resolves once requests are sent, and tells when that began', async () => {
      const url = await serve((_request, response) => response.end());
      const before = realClock.nowMs();
      const { tape, running } = await start(anHttpLoad(url));
      expect(running.startedAtMs).to.be.within(before, realClock.nowMs());
      await waitUntil('requests are on the tape', () => tape.samples.length > 20);
      expect(Math.min(...tape.samples.map(({ startMs }) => startMs))).to.be.at.least(running.startedAtMs - 1);
      await running.stop(5000);
      expectNothingLeft(tape);
    });

    it('promises the tape what is written while the load goes on, with and without requests', async () => {
      const url = await serve((request, response) => {
        if (request.url === '/') response.end();
      });
      const { tape, running } = await start(anHttpLoad(url, { profile: { model: 'closed', vus: 1 } }));
      await waitUntil(
        'the promise follows the clock',
        () => tape.writtenUntilMs() > running.startedAtMs + 200,
      );
      await running.stop(5000);
      const hanging = await serve(() => undefined);
      const silent = await start(anHttpLoad(hanging, { profile: { model: 'closed', vus: 1 } }));
      const startedAtMs = silent.running.startedAtMs;
      await waitUntil('the promise moves', () => silent.tape.writtenUntilMs() > startedAtMs + 200);
      expect(silent.tape.writtenUntilMs()).to.be.at.most(realClock.nowMs());
      await silent.running.stop(0);
      expect(silent.tape.lateOnes).to.deep.equal([]);
    });

    it('takes a refused connection for a request without a response that took the time until it was given up', async () => {
      const server = createTcpServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      const { tape } = await runToEnd(anHttpLoad(`http://127.0.0.1:${port}/`, { maxDurationMs: 1000 }));
      expect(tape.samples.length).to.be.greaterThan(20);
      for (const { result, latencyUs } of tape.samples) {
        expect(result).to.equal(RESULT_NO_RESPONSE);
        expect(latencyUs).to.be.greaterThan(0);
      }
    });

    it('gives a request up after its timeout, and counts the time until then', async () => {
      const url = await serve(() => undefined);
      const { tape } = await runToEnd(anHttpLoad(url, { timeoutMs: 150, maxDurationMs: 1000 }));
      expect(tape.samples.length).to.be.greaterThan(10);
      for (const { result, latencyUs } of tape.samples) {
        expect(result).to.equal(RESULT_NO_RESPONSE);
        expect(latencyUs).to.be.at.least(150_000);
      }
    });

    it('takes a status outside the expected ones for a failed response', async () => {
      const url = await serve((_request, response) => response.writeHead(503).end('busy'));
      const { tape } = await runToEnd(anHttpLoad(url, { maxDurationMs: 1000 }));
      for (const { result } of tape.samples) expect(result).to.equal(RESULT_FAILED_RESPONSE);
    });

    it('hides no stall, and counts the iterations that could not start', async () => {
      let stalled = true;
      const waiting: ServerResponse[] = [];
      const url = await serve((_request, response) => {
        if (stalled) waiting.push(response);
        else response.end();
      });
      const { tape, running } = await start(
        anHttpLoad(url, { profile: { model: 'open', ratePerSecond: 100, maxVUs: 10 } }),
      );
      await waitUntil('iterations are dropped', () => tape.droppedAtMs.length >= 20);
      stalled = false;
      const openedAtMs = realClock.nowMs();
      for (const response of waiting) response.end();
      await waitUntil('requests are answered', () => tape.samples.length >= 50);
      await running.stop(5000);
      const held = tape.samples.filter(({ startMs }) => startMs < running.startedAtMs + 90);
      expect(held.length).to.be.at.least(1);
      // k6 and the server are on two clocks of one machine: a millisecond for reading them.
      for (const { endMs } of held) expect(endMs).to.be.at.least(openedAtMs - 1);
      for (const atMs of tape.droppedAtMs) expect(atMs).to.be.at.least(running.startedAtMs);
      expectNothingLeft(tape);
    });

    it('lets requests in flight finish within the grace', async () => {
      let served = 0;
      const url = await serve((_request, response) => {
        served += 1;
        setTimeout(() => response.end(), 400);
      });
      const { tape, running } = await start(
        anHttpLoad(url, { profile: { model: 'open', ratePerSecond: 50, maxVUs: 50 } }),
      );
      await waitUntil('ten are under way', () => served >= 10);
      const stopAtMs = realClock.nowMs();
      const outcome = await running.stop(20_000);
      expect(outcome).to.include({ status: 'ended', how: 'stopped', requests: tape.samples.length });
      const before = tape.samples.filter(({ startMs }) => startMs < stopAtMs);
      expect(before.length).to.be.at.least(10);
      expect(tape.samples.every(({ result }) => result === RESULT_OK)).to.equal(true);
      expectNothingLeft(tape);
    });

    it('gives up what is in flight when the grace is over, with the time it took', async () => {
      let served = 0;
      const url = await serve(() => (served += 1));
      const { tape, running } = await start(
        anHttpLoad(url, { profile: { model: 'open', ratePerSecond: 100, maxVUs: 10 }, timeoutMs: 60_000 }),
      );
      await waitUntil('ten hang', () => served >= 10);
      const [first, second] = await Promise.all([running.stop(60_000), running.stop(300)]);
      expect(first).to.equal(second);
      expect(await running.stop(0)).to.equal(first);
      expect(first).to.include({ status: 'ended', how: 'stopped', requests: 10 });
      expect(tape.samples.length).to.equal(10);
      for (const { result, latencyUs } of tape.samples) {
        expect(result).to.equal(RESULT_NO_RESPONSE);
        expect(latencyUs).to.be.at.least(300_000);
      }
      expectNothingLeft(tape);
    });

    it('gives everything up at once when the run is aborted', async () => {
      let served = 0;
      const url = await serve(() => (served += 1));
      const abort = new AbortController();
      const tape = createCollectingTape();
      const running = await bench.generator.start(anHttpLoad(url), tape, abort.signal);
      await waitUntil('five hang', () => served >= 5);
      await waitUntil('k6 has told of them', () => tape.writtenUntilMs() > running.startedAtMs);
      abort.abort(new Error('interrupted'));
      expect(await running.finished).to.include({ status: 'ended', how: 'stopped' });
      expect(tape.samples.length).to.be.at.least(1);
      expectNothingLeft(tape);
    });

    it('reports a k6 that was killed in mid-run', async () => {
      const url = await serve((_request, response) => response.end());
      const { tape, running } = await start(anHttpLoad(url));
      await waitUntil('requests are on the tape', () => tape.samples.length > 10);
      process.kill(bench.recorded[0]!.pid, 'SIGKILL');
      const outcome = await running.finished;
      expect(outcome.status).to.equal('failed');
      // What k6 said last comes after it: on a busy machine it warns that it has too few virtual users.
      expect(outcome)
        .to.have.property('reason')
        .that.matches(/^k6 was ended by SIGKILL from outside/);
      expect(await running.stop(0)).to.equal(outcome);
      expectNothingLeft(tape);
    });

    it('writes k6 down as soon as it runs, in a group of its own, and leaves no port open', async () => {
      const url = await serve((_request, response) => response.end());
      const { running } = await start(anHttpLoad(url));
      expect(bench.recorded).to.have.length(1);
      const { pid, role, group } = bench.recorded[0]!;
      expect({ role, group }).to.deep.equal({ role: 'k6', group: true });
      expect(execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim()).to.equal(
        String(pid),
      );
      expect(await listening(pid)).to.deep.equal([]);
      await running.stop(1000);
    });

    it('runs beside another k6 on the same machine', async () => {
      const url = await serve((_request, response) => response.end());
      const other = aK6Bench(binary);
      try {
        const load = anHttpLoad(url, { maxDurationMs: 1000 });
        const outcomes = await Promise.all([
          runToEnd(load),
          other.generator
            .start(load, createCollectingTape(), never)
            .then(async ({ finished }) => ({ outcome: await finished })),
        ]);
        for (const { outcome } of outcomes) expect(outcome).to.include({ status: 'ended', how: 'finished' });
      } finally {
        await other.end();
      }
    });

    it('calls the script with its setup, scenarios, env, batches and files, and counts only the load', async () => {
      const served: string[] = [];
      const url = await serve((request, response) => {
        served.push(request.url ?? '');
        response.end();
      });
      bench.file('paths.json', '["/a", "/b"]');
      const script = bench.file(
        'shop.js',
        `import http from 'k6/http';
         const paths = JSON.parse(open('./paths.json'));
         export const options = {
           thresholds: { http_req_duration: ['p(95)<0.001'] },
           scenarios: {
             browse: { executor: 'constant-vus', vus: 1, duration: '1h', exec: 'browse' },
             buy: { executor: 'shared-iterations', exec: 'buy', env: { ITEM: 'tea' } },
           },
         };
         export async function setup() { await http.asyncRequest('GET', __ENV.BASE_URL + '/setup'); return { from: 'setup' }; }
         export function browse(data) { http.batch(paths.map((path) => __ENV.BASE_URL + path + '?' + data.from)); }
         export function buy() { http.post(__ENV.BASE_URL + '/buy/' + __ENV.ITEM, 'x', { tags: { name: 'buy' } }); }
         export function teardown(data) { http.get(__ENV.BASE_URL + '/teardown/' + data.from); }`,
      );
      const { tape, outcome } = await runToEnd(
        aScriptLoad(script, {
          env: { BASE_URL: url },
          profile: { model: 'open', ratePerSecond: 40, maxVUs: 10 },
          maxDurationMs: 1000,
        }),
      );
      expect(outcome).to.include({ status: 'ended', how: 'finished' });
      const count = (paths: readonly string[], wanted: string): number =>
        paths.filter((one) => one === wanted).length;
      const endpoints = tape.samples.map(({ endpoint }) => endpoint);
      expect(served[0]).to.equal('/setup');
      expect(served.at(-1)).to.equal('/teardown/setup');
      expect(count(endpoints, 'GET /a')).to.equal(count(served, '/a?setup')).and.be.within(1, 25);
      expect(count(endpoints, 'GET /b')).to.equal(count(served, '/b?setup'));
      expect(count(endpoints, 'buy')).to.equal(count(served, '/buy/tea')).and.be.within(1, 25);
      expect(new Set(endpoints)).to.deep.equal(new Set(['GET /a', 'GET /b', 'buy']));
    });

    it("leaves the amount of load to the script's own options where there is no profile", async () => {
      let served = 0;
      const url = await serve((_request, response) => {
        served += 1;
        response.end();
      });
      const script = bench.file(
        'own.js',
        `import http from 'k6/http';
         export const options = { vus: 2, iterations: 14 };
         export default function () { http.get(__ENV.URL); }`,
      );
      const { outcome } = await runToEnd(aScriptLoad(script, { env: { URL: url } }));
      expect(outcome).to.include({ status: 'ended', how: 'finished', requests: 14 });
      expect(served).to.equal(14);
    });

    it('runs a script in a folder with an awkward name', async () => {
      const script = bench.file(
        'a load #1 ü.js',
        'export const options = { iterations: 1 }; export default () => {};',
      );
      expect((await runToEnd(aScriptLoad(script))).outcome.status).to.equal('ended');
    });

    it("hands on a script's syntax error with its line, before the run and when it starts", async () => {
      const script = bench.file('broken.js', 'export default function () {\n  const a = ;\n}\n');
      const findings = await bench.generator.preflight(aScriptLoad(script), never);
      expect(findings.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
        'stop invalid-k6-script',
      ]);
      expect(findings[0]?.message).to.include('broken.js: Line 2:13 Unexpected token ;');
      expect(findings[0]?.message).to.not.include('k6-wrapper.js');
      const error = await startError(aScriptLoad(script));
      expect(error).to.have.property('code', 'LOAD_FAILED');
      expect(error.message).to.include('broken.js: Line 2:13 Unexpected token ;');
      expect(bench.temporaryFiles()).to.not.include('k6-rows');
    });

    it('finds a function, a default export or a module that is not there before the run', async () => {
      const messageFor = async (text: string): Promise<string> => {
        const findings = await bench.generator.preflight(aScriptLoad(bench.file('s.js', text)), never);
        expect(findings.map(({ severity }) => severity)).to.deep.equal(['stop']);
        return findings[0]?.message ?? '';
      };
      const scenario = "{ executor: 'shared-iterations', exec: 'nope' }";
      expect(
        await messageFor(
          `export const options = { scenarios: { a: ${scenario} } }; export default function () {}`,
        ),
      ).to.include("function 'nope' not found in exports");
      expect(await messageFor('export function other() {}')).to.include("function 'default' not found");
      expect(await messageFor("import './gone.js'; export default function () {}")).to.include('./gone.js');
      expect(await messageFor("export default function () {}\nthrow new Error('no luck');")).to.include(
        'no luck',
      );
    });

    it('warns of a script that hides stalls or ends too early, and of nothing else', async () => {
      const codes = async (text: string, load: object = {}): Promise<readonly string[]> => {
        const script = bench.file('s.js', `export const options = ${text}; export default function () {}`);
        const findings = await bench.generator.preflight(aScriptLoad(script, load), never);
        expect(findings.every(({ severity }) => severity === 'warning')).to.equal(true);
        return findings.map(({ code }) => code);
      };
      const open = "executor: 'constant-arrival-rate', rate: 1, preAllocatedVUs: 1";
      expect(await codes(`{ scenarios: { a: { ${open}, duration: '2m' } } }`)).to.deep.equal([]);
      expect(await codes(`{ scenarios: { a: { ${open}, duration: '30s' } } }`)).to.deep.equal([
        'load-may-end-early',
      ]);
      expect(await codes("{ vus: 1, duration: '30s' }")).to.deep.equal([
        'closed-model',
        'load-may-end-early',
      ]);
      expect(
        await codes("{ vus: 1, duration: '3s' }", {
          profile: { model: 'open', ratePerSecond: 1, maxVUs: 1 },
        }),
      ).to.deep.equal([]);
    });

    it('does not start where settings of k6 on this machine would override the profile', async () => {
      const script = bench.file('s.js', 'export default function () {}');
      const load = aScriptLoad(script, {
        env: { K6_CONFIG: bench.file('config.json', '{ "vus": 7, "duration": "9s" }') },
        profile: { model: 'closed', vus: 1 },
      });
      const findings = await bench.generator.preflight(load, never);
      expect(findings.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal(
        overridesProfiles(binary) ? ['stop profile-overridden'] : ['warning closed-model'],
      );
    });

    it('reports an exception of setup() with the reason', async () => {
      const script = bench.file(
        's.js',
        "export function setup() { throw new Error('no database'); } export default function () {}",
      );
      const error = await startError(aScriptLoad(script));
      expect(error.message).to.include('the script threw an exception').and.include('no database');
    });

    it('reports a script that ends the run by itself', async () => {
      const script = bench.file(
        's.js',
        "import exec from 'k6/execution'; export default function () { exec.test.abort('enough'); }",
      );
      const { running } = await start(aScriptLoad(script));
      const outcome = await running.finished;
      expect(outcome.status).to.equal('failed');
      expect(outcome).to.have.property('reason').that.includes('exec.test.abort()');
    });

    it('does not start when the run was aborted before, and ends k6 when it is aborted in setup()', async () => {
      const script = bench.file(
        's.js',
        "import { sleep } from 'k6'; export function setup() { sleep(50); } export default function () {}",
      );
      expect(await startError(aScriptLoad(script), AbortSignal.abort())).to.have.property(
        'code',
        'LOAD_FAILED',
      );
      expect(bench.recorded).to.have.length(0);
      const abort = new AbortController();
      const starting = startError(aScriptLoad(script), abort.signal);
      await waitUntil('k6 runs', () => bench.recorded.length === 1);
      abort.abort(new Error('interrupted'));
      expect((await starting).message).to.equal('the load was called off before it started');
      expect(bench.temporaryFiles()).to.not.include('k6-rows');
    });
  });
}

/** Since 2.1 the amounts of load in k6's config file are stronger than a script's scenarios. */
function overridesProfiles({ version }: K6Binary): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 1);
}

/** The addresses on which a process listens. */
async function listening(pid: number): Promise<readonly string[]> {
  const { readdir, readlink, readFile } = await import('node:fs/promises');
  if (process.platform !== 'linux') return [];
  const inodes = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
    .map((fields) => fields[1] ?? '');
}
