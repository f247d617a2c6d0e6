import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { ALL_ENDPOINTS } from '../../../src/bench/measurement.js';
import { createTape } from '../../../src/bench/create-tape.js';
import type { K6Load } from '../../../src/bench/k6/k6-load.js';
import { OTHER_VALUE } from '../../../src/bench/endpoint-table.js';
import { READS_NOTHING, type LoadReads } from '../../../src/bench/load-reads.js';
import type { LoadOutcome, RunningLoad } from '../../../src/bench/load-generator.js';
import { findK6, type K6Binary } from '../../../src/bench/k6/find-k6.js';
import { k6Arguments } from '../../../src/bench/runners/build-pod.js';
import { JOB_ENGINE } from '../../../src/bench/k6-job/job-engine.js';
import { archiveScript } from '../../../src/bench/runners/archive-script.js';
import { createK6PodsGenerator } from '../../../src/bench/runners/k6-pods-generator.js';
import type { RunnersConfig } from '../../../src/bench/runners/runner-config.js';
import { startRunners } from '../../../src/bench/runners/start-runners.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { createCollectingTape, type CollectingTape } from '../../support/collecting-tape.js';
import { anHttpLoad, aScriptLoad } from '../../support/k6-bench.js';
import { aRequest } from '../../support/a-request.js';
import { k6Binaries } from '../../support/k6-binaries.js';
import { openLocalRunners, type LocalRunners } from '../../support/local-runners.js';
import { realClock } from '../../support/real-clock.js';
import { requires } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

const never = new AbortController().signal;
const CLOCKED_K6 = join(packageRoot, 'test/fixtures/k6/clocked-k6.mjs');
const [k6Path] = k6Binaries();

const METRICS_SCRIPT = `
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const orders = new Counter('orders');
const wait = new Trend('queue_wait', true);

export const options = { scenarios: { all: { executor: 'per-vu-iterations', vus: 3, iterations: 10 } } };

export default function () {
  const kind = __ITER % 2 === 0 ? 'a' : 'b';
  http.get(__ENV.URL, { tags: { name: 'GET /', kind } });
  orders.add(2);
  wait.add(7.5, { kind });
}
`;

describe('runners', () => {
  let open: LocalRunners | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  async function fakes(options: Partial<Parameters<typeof openLocalRunners>[0]> = {}): Promise<LocalRunners> {
    open = await openLocalRunners({
      runners: 2,
      k6: CLOCKED_K6,
      arguments: ['run', 'json=pipe'],
      ...options,
    });
    return open;
  }
  const truthOf = async (runners: LocalRunners, index: number): Promise<readonly number[]> =>
    (await runners.read(index, 'truth')).trim().split('\n').map(Number);

  describe('on clocks that are 300 ms apart', () => {
    it('are moved to the clock of the run, before it is decided which window a request belongs to', async () => {
      const runners = await fakes({ shiftsMs: [-100, 200] });
      const tape = createTape({ clock: realClock });
      const running = await startRunners(runners.options, tape, never);
      await waitUntil('some requests', async () => (await truthOf(runners, 1)).length > 20);
      const startMs = tape.begin('steady');
      await waitUntil('some more', async () => (await truthOf(runners, 0)).length > 100);
      const endMs = tape.end();
      await waitUntil('some after', async () => (await truthOf(runners, 1)).length > 130);
      const truth = (await Promise.all([truthOf(runners, 0), truthOf(runners, 1)])).flat();
      const outcome = ended(await running.stop(0));
      const clocks = (outcome.runners ?? []).map(({ clock }) => clock);
      expect(clocks.map(({ offsetMs }) => Math.round(offsetMs / 100))).to.deep.equal([-1, 2]);
      const [first, second] = clocks;
      // Half of the quickest of many exchanges: a shell that starts a process takes a few ms for it.
      const u = Math.max(first?.uncertaintyMs ?? NaN, second?.uncertaintyMs ?? NaN) + 1;
      expect(u).to.be.lessThan(60);
      const steady = tape.finish().find('steady', ALL_ENDPOINTS);
      const within = (from: number, to: number): number => truth.filter((at) => at >= from && at < to).length;
      const requests = (steady?.requests ?? 0) + (steady?.setApart ?? 0);
      expect(requests).to.be.at.least(within(startMs + u, endMs - u));
      expect(requests).to.be.at.most(within(startMs - u, endMs + u));
      // Without it, the windows would have held as many others at each border as these.
      expect(within(startMs - 100, startMs + 200)).to.be.greaterThan(within(startMs - u, startMs + u));
    });

    it('put each request where it was, to within the uncertainty that is stated', async () => {
      const runners = await fakes({ shiftsMs: [300, 0] });
      const tape = createCollectingTape();
      const running = await startRunners(runners.options, tape, never);
      await waitUntil('some requests', async () => (await truthOf(runners, 1)).length > 50);
      const { runners: records = [] } = ended(await running.stop(0));
      const u = Math.max(...records.map(({ clock }) => clock.uncertaintyMs)) + 1;
      const truth = (await Promise.all([truthOf(runners, 0), truthOf(runners, 1)])).flat();
      const nearest = (at: number): number => Math.min(...truth.map((true_) => Math.abs(true_ - at)));
      expect(tape.samples).to.have.length(truth.length);
      for (const { startMs } of tape.samples) expect(nearest(startMs)).to.be.lessThan(u);
      expect(records[0]?.clock.offsetMs).to.be.closeTo(300, u);
    });
  });

  describe('whose connections break', () => {
    it('lose no request and count none twice', async () => {
      const runners = await fakes();
      runners.cutAfter(3000);
      const tape = createCollectingTape();
      const running = await startRunners(runners.options, tape, never);
      await waitUntil('many connections', () => runners.connections() > 12);
      runners.cutAfter(Infinity);
      const outcome = ended(await running.stop(0));
      const truth = (await Promise.all([truthOf(runners, 0), truthOf(runners, 1)])).flat();
      expect(outcome.requests).to.equal(truth.length);
      expect(tape.samples).to.have.length(truth.length);
      expect(tape.lateOnes).to.deep.equal([]);
    });

    it('end their load by themselves where nobody asks any more', async () => {
      const runners = await fakes({ leaseSeconds: 5 });
      const tape = createCollectingTape();
      const running = await startRunners(runners.options, tape, never);
      runners.refuse();
      await waitUntil('all gone', () => runners.allGone(), 60_000);
      runners.kill(0, 'it ended');
      expect(await running.finished).to.include({ status: 'failed' });
    });
  });

  describe('of which one dies', () => {
    it('fail with its reason, and the others are stopped', async () => {
      const runners = await fakes();
      const tape = createCollectingTape();
      const running = await startRunners(runners.options, tape, never);
      await waitUntil('some requests', () => tape.samples.length > 20);
      runners.kill(1, 'The node was low on resource: memory.');
      const outcome = await running.finished;
      expect(outcome.status).to.equal('failed');
      expect(outcome)
        .to.have.property('reason')
        .that.matches(/^runner 2 of 2 \(pod pod-1\) is gone: Evicted: The node was low/);
      expect(runners.allGone()).to.equal(true);
    });

    it('fail before they start, too', async () => {
      const runners = await fakes({ k6: '/nowhere/k6' });
      const thrown = await startRunners(runners.options, createCollectingTape(), never).catch(
        (error: unknown) => error,
      );
      expect(String(thrown)).to.match(/k6 exited with code 127.*not found/s);
      expect(runners.allGone()).to.equal(true);
    });

    it('fail where rows cannot be kept, rather than go on without them', async () => {
      const runners = await fakes({
        programs: { dd: 'head -c 10 >/dev/null; echo "dd: writing: No space left on device" >&2' },
      });
      const outcome = await startRunners(runners.options, createCollectingTape(), never).then(
        ({ finished }) => finished,
        (thrown: unknown) => ({ reason: String(thrown) }),
      );
      expect(outcome)
        .to.have.property('reason')
        .that.matches(/rows could not be kept: dd: writing: No space left/);
      expect(runners.allGone()).to.equal(true);
    });

    it('are called off with nothing left', async () => {
      const runners = await fakes({ shiftsMs: [0, 0] });
      const off = new AbortController();
      const starting = startRunners(
        { ...runners.options, leadMs: 60_000 },
        createCollectingTape(),
        off.signal,
      ).catch((error: unknown) => error);
      await waitUntil('the first question', () => runners.connections() > 1);
      off.abort(new Error('interrupted'));
      expect(String(await starting)).to.include('called off before it started');
      expect(runners.allGone()).to.equal(true);
    });
  });

  describe('of real k6', () => {
    let binary: K6Binary;
    let server: Server | undefined;
    let arrived = 0;
    let folder: string;

    before(async function () {
      requires(this, 'k6 named in PLIMSOLL_TEST_K6', k6Path);
      const found = await findK6({ env: { PLIMSOLL_K6: k6Path }, cacheDir: '/nowhere' });
      if ('missing' in found) throw new Error(found.missing);
      binary = found;
    });
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'plimsoll-scripts-'));
    });
    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
      server?.closeAllConnections();
      server?.close();
    });

    async function start(
      load: (url: string) => K6Load,
      { reads = READS_NOTHING, asTestRun = false }: { reads?: LoadReads; asTestRun?: boolean } = {},
    ): Promise<{ running: RunningLoad; tape: CollectingTape }> {
      arrived = 0;
      server = createServer((_, response) => {
        arrived += 1;
        response.end('ok');
      });
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const planned = load(url);
      const env = planned.kind === 'k6-script' ? planned.env : {};
      const archive = await archiveScript(planned, { binary, runId: 'test' }, never);
      open = await openLocalRunners({
        runners: 3,
        k6: binary.path,
        arguments: k6Arguments(reads),
        archive,
        reads,
        env,
        asTestRun,
      });
      const tape = createCollectingTape();
      return { running: await startRunners(open.options, tape, never), tape };
    }

    for (const asTestRun of [false, true]) {
      it(`share a load among them, and every request arrives on the tape: ${asTestRun ? 'with the command line of the k6-operator' : 'with that of a Job'}`, async () => {
        const { running, tape } = await start(
          (url) =>
            anHttpLoad(url, {
              requests: [aRequest({ name: 'GET /', url: `${url}/{{seq}}` })],
              profile: { model: 'open', ratePerSecond: 90, maxVUs: 30 },
              maxDurationMs: 4000,
            }),
          { asTestRun },
        );
        const outcome = ended(await running.finished);
        expect(outcome.how).to.equal('finished');
        expect(tape.samples).to.have.length(arrived);
        expect(outcome.requests).to.equal(arrived);
        expect(tape.lateOnes).to.deep.equal([]);
        const shares = (outcome.runners ?? []).map(({ requests }) => requests / arrived);
        for (const share of shares) expect(share).to.be.within(0.2, 0.47);
        expect(open?.allGone()).to.equal(true);
      });
    }

    it('tell the metrics and tags that objectives name, each of them', async () => {
      const script = join(folder, 'script.js');
      await writeFile(script, METRICS_SCRIPT);
      const { running, tape } = await start((url) => aScriptLoad(script, { env: { URL: url } }), {
        reads: {
          endpoints: [],
          tags: { kind: ['a'] },
          metrics: [
            { name: 'orders', tags: {} },
            { name: 'queue_wait', tags: { kind: 'a' } },
          ],
        },
      });
      const { requests } = ended(await running.finished);
      const valuesOf = (name: string): readonly number[] =>
        tape.metricSamples.filter(({ series }) => series.name === name).map(({ value }) => value);
      expect(requests).to.equal(30);
      expect(valuesOf('orders')).to.deep.equal(new Array<number>(30).fill(2));
      expect(valuesOf('queue_wait')).to.deep.equal(new Array<number>(15).fill(7.5));
      expect(tape.tagsOf.get('GET /')).to.have.deep.members([{ kind: 'a' }, { kind: OTHER_VALUE }]);
      const first = Math.min(...tape.samples.map(({ startMs }) => startMs));
      // Moved to the clock of the run, as requests are.
      for (const { endMs } of tape.metricSamples) expect(endMs).to.be.at.least(first - 60);
    });

    it("have the script's thresholds, as one k6 has them", async () => {
      const script = join(folder, 'script.js');
      await writeFile(
        script,
        `export const options = { thresholds: { http_req_duration: ['p(95)<300'] } };
         export default function () {}`,
      );
      open = await openLocalRunners({ runners: 2, k6: binary.path, arguments: [] });
      const { client, clock, logger, logsFolder } = open.options;
      const config: RunnersConfig = {
        ...{ engine: 'job', namespace: 'load', imagePullSecrets: [], nodeSelector: {} },
        ...{ tolerations: [], resources: {}, labels: {} },
      };
      const generator = createK6PodsGenerator({
        ...{ binary, client, clock, logger, logsFolder, config },
        ...{ engine: JOB_ENGINE, runners: 2, runId: 'test' },
      });
      expect(await generator.thresholds?.(aScriptLoad(script), never)).to.deep.equal([
        { metric: 'http_req_duration', expression: 'p(95)<300', abortOnFail: false },
      ]);
    });

    it('are stopped together, with what they had under way', async () => {
      const { running, tape } = await start((url) =>
        anHttpLoad(url, {
          profile: { model: 'closed', vus: 3 },
          maxDurationMs: 60_000,
        }),
      );
      await waitUntil('some load', () => tape.samples.length > 30);
      const outcome = ended(await running.stop(5000));
      expect(outcome.how).to.equal('stopped');
      expect(outcome.requests).to.equal(tape.samples.length);
      // What was sent after the stop and cut by it is no failure of the service, and not on the tape.
      expect(tape.samples.length).to.be.within(arrived - 3, arrived);
    });
  });
});

function ended(outcome: LoadOutcome): Extract<LoadOutcome, { status: 'ended' }> {
  if (outcome.status === 'failed') throw new Error(outcome.reason);
  return outcome;
}
