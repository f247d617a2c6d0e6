import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Result } from '../../src/experiments/result-schema.js';
import { packageRoot } from '../../src/shared/package-root.js';
import { requires } from '../support/requirement.js';
import { waitUntil } from '../support/wait-until.js';
import {
  closeLoadNamespace,
  K6_IMAGE,
  LOAD,
  localK6,
  openLoadNamespace,
  whatIsLeft,
} from './support/a-job-generator.js';
import { kubeconfig, kubectl } from './support/kubectl.js';
import { isOperatorInstalled, playOperator, type PlayedOperator } from './support/play-operator.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const CLI = join(packageRoot, 'dist/src/cli/main.js');

const SCRIPT = `
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const orders = new Counter('orders');
const wait = new Trend('queue_wait', true);
export const options = { thresholds: { orders: ['count>0'] } };

export default function () {
  wait.add(http.get(__ENV.URL).timings.duration);
  orders.add(1);
}
`;

describe('a run whose load comes from several pods', () => {
  let folder = '';
  let k6Path = '';
  const children: ChildProcess[] = [];

  before(async function () {
    const found = await localK6();
    requires(this, 'k6 named in PLIMSOLL_TEST_K6', found);
    k6Path = found?.path ?? '';
    await openShop('orders', 2);
    await openLoadNamespace();
  });
  after(async () => {
    await closeLoadNamespace();
    await closeShop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-e2e-'));
    const environment = {
      driver: 'kubernetes',
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      namespace: SHOP,
      // The pods of this cluster have no DNS.
      reach: 'address',
      services: { orders: { service: 'orders', port: 80 } },
      runners: {
        namespace: LOAD,
        image: K6_IMAGE,
        imagePullPolicy: 'IfNotPresent',
        resources: { requests: { cpu: '10m', memory: '32Mi' } },
      },
    };
    const config = { apiVersion: 'plimsoll.dev/v1', kind: 'Config', environments: { e2e: environment } };
    await writeFile(join(folder, 'plimsoll.yaml'), JSON.stringify(config));
    await writeExperiment({ app: 'orders' });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    expect(await whatIsLeft()).to.equal('');
  });

  async function writeExperiment(
    labelSelectors: Record<string, string>,
    namespaces?: string[],
  ): Promise<void> {
    const selector = { labelSelectors, ...(namespaces === undefined ? {} : { namespaces }) };
    const experiment = {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Experiment',
      metadata: { name: 'distributed' },
      hypothesis: 'Orders stay available while a processor is busy.',
      phases: { warmup: '1s', steady: '4s', fault: '4s', recovery: '2s' },
      load: {
        http: {
          baseUrl: '{{services.orders.url}}',
          timeout: '3s',
          runners: 2,
          requests: [{ name: 'GET /', path: '/' }],
        },
        profile: { rate: '40/s', maxVUs: 40 },
      },
      faults: [
        {
          name: 'busy',
          manifest: {
            apiVersion: 'chaos-mesh.org/v1alpha1',
            kind: 'StressChaos',
            spec: { mode: 'one', selector, stressors: { cpu: { workers: 1, load: 1 } } },
          },
        },
      ],
      sla: { steady: ['errors < 50%'], fault: ['errors < 50%'] },
    };
    await writeFile(join(folder, 'experiment.yaml'), JSON.stringify(experiment));
  }

  function plimsoll(...args: readonly string[]) {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: folder,
      env: { ...process.env, PLIMSOLL_K6: k6Path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    return { child, exited, output: () => output };
  }

  async function result(): Promise<Result> {
    const runs = join(folder, 'reports', 'distributed');
    const [run = ''] = await readdir(runs);
    return JSON.parse(await readFile(join(runs, run, 'result.json'), 'utf8')) as Result;
  }

  it('is a run like any other: it passes, and says which pods made its load', async () => {
    const run = plimsoll('run', 'experiment.yaml');
    const [code] = await run.exited;
    expect(code, run.output()).to.equal(0);
    const { generator, clock } = await result();
    expect(generator.runners?.map(({ name }) => name.replace(/ \(.*/, ''))).to.deep.equal([
      'runner 1 of 2',
      'runner 2 of 2',
    ]);
    expect(generator.requests).to.equal(generator.runners?.reduce((sum, { requests }) => sum + requests, 0));
    expect(clock.note).to.include('by the clocks of 2 runners');
  });

  it('is inconclusive with the reason where a runner dies', async () => {
    const run = plimsoll('run', 'experiment.yaml');
    await waitUntil('the steady phase', () => run.output().includes('steady 4 s'), 90_000);
    const pods = await kubectl('-n', LOAD, 'get', 'pods', '-o', 'name');
    await kubectl('-n', LOAD, 'delete', pods.split('\n')[0] ?? '', '--wait=false');
    const [code] = await run.exited;
    expect(code, run.output()).to.equal(2);
    expect((await result()).run.statusReason).to.match(/runner \d of 2 \(pod \S+\) is gone: it was deleted/);
  });

  it('leaves nothing when it is interrupted', async () => {
    const run = plimsoll('run', 'experiment.yaml');
    await waitUntil('the steady phase', () => run.output().includes('steady 4 s'), 90_000);
    run.child.kill('SIGINT');
    const [code] = await run.exited;
    expect(code, run.output()).to.equal(130);
  });

  it('leaves a Job when it is killed, which a sweep finds and removes', async () => {
    const run = plimsoll('run', 'experiment.yaml');
    await waitUntil('the steady phase', () => run.output().includes('steady 4 s'), 90_000);
    run.child.kill('SIGKILL');
    await run.exited;
    expect(await whatIsLeft()).to.match(/^job\.batch\/k6-/);
    const sweep = plimsoll('sweep');
    const [code] = await sweep.exited;
    expect(code, sweep.output()).to.equal(0);
    expect(sweep.output()).to.match(
      new RegExp(`Job ${LOAD}/k6-\\S+: gone with all its pods; 2 of its runners`),
    );
  });

  it('is not begun where its fault would hit the runners', async () => {
    const config = await readFile(join(folder, 'plimsoll.yaml'), 'utf8');
    await writeFile(join(folder, 'plimsoll.yaml'), config.replace(`"namespace":"${LOAD}",`, ''));
    await writeExperiment({});
    const run = plimsoll('run', 'experiment.yaml');
    const [code] = await run.exited;
    expect(code, run.output()).to.equal(69);
    expect(run.output()).to.match(/selector also means the pods of k6 that make the load/);
  });

  it('is not begun where its environment has a port-forward, which pods cannot use', async () => {
    const config = await readFile(join(folder, 'plimsoll.yaml'), 'utf8');
    await writeFile(join(folder, 'plimsoll.yaml'), config.replace('"reach":"address"', '"reach":"forward"'));
    const run = plimsoll('run', 'experiment.yaml');
    const [code] = await run.exited;
    expect(code, run.output()).to.equal(69);
    expect(run.output()).to.match(/cannot use a port-forward of this machine to orders/);
  });

  it('judges metrics and thresholds of a script over all runners', async () => {
    await writeFile(join(folder, 'script.js'), SCRIPT);
    await writeExperiment({ app: 'orders' });
    const experiment = JSON.parse(await readFile(join(folder, 'experiment.yaml'), 'utf8')) as object;
    const load = {
      k6: { script: 'script.js', runners: 2, env: { URL: '{{services.orders.url}}' } },
      profile: { rate: '40/s', maxVUs: 40 },
    };
    const sla = { steady: ['metric("orders") >= 1'], fault: ['metric("queue_wait", "avg") <= 1s'] };
    await writeFile(join(folder, 'experiment.yaml'), JSON.stringify({ ...experiment, load, sla }));
    const run = plimsoll('run', 'experiment.yaml');
    const [code] = await run.exited;
    expect(code, run.output()).to.equal(0);
    const judged = (await result()).judgements.map(({ origin, outcome }) => `${origin ?? 'own'} ${outcome}`);
    expect(judged).to.have.members(['own pass', 'own pass', 'threshold pass']);
  });

  describe('with the k6-operator', () => {
    let operator: PlayedOperator | undefined;

    before(async function () {
      const isFree = !(await isOperatorInstalled());
      requires(this, 'a cluster without the k6-operator', isFree ? true : undefined);
      operator = await playOperator(LOAD);
    });
    after(async () => {
      await operator?.close();
    });
    beforeEach(async () => {
      const config = await readFile(join(folder, 'plimsoll.yaml'), 'utf8');
      const engine = config.replace('"runners":{', '"runners":{"engine":"k6-operator",');
      await writeFile(join(folder, 'plimsoll.yaml'), engine);
    });

    it('passes as well, and says which pods made its load', async () => {
      const plan = plimsoll('plan', 'experiment.yaml');
      await plan.exited;
      expect(plan.output()).to.match(new RegExp(`by 2 runners: TestRun ${LOAD}/k6-\\S+, image`));
      const run = plimsoll('run', 'experiment.yaml');
      const [code] = await run.exited;
      expect(code, run.output()).to.equal(0);
      const { generator } = await result();
      expect(generator.runners?.map(({ pod }) => pod.replace(/^k6-.*-(\d)-\w+$/, '$1'))).to.deep.equal([
        '1',
        '2',
      ]);
      expect(generator.requests).to.equal(
        generator.runners?.reduce((sum, { requests }) => sum + requests, 0),
      );
    });

    it('leaves a TestRun when it is killed, which a sweep finds and removes', async () => {
      const run = plimsoll('run', 'experiment.yaml');
      await waitUntil('the steady phase', () => run.output().includes('steady 4 s'), 90_000);
      run.child.kill('SIGKILL');
      await run.exited;
      const sweep = plimsoll('sweep');
      const [code] = await sweep.exited;
      expect(code, sweep.output()).to.equal(0);
      expect(sweep.output()).to.match(
        new RegExp(`TestRun ${LOAD}/k6-\\S+: gone with all its pods; 2 of its runners`),
      );
    });

    it('is not begun where its fault would hit what the operator calls its pods', async () => {
      const config = await readFile(join(folder, 'plimsoll.yaml'), 'utf8');
      await writeFile(join(folder, 'plimsoll.yaml'), config.replace(`"namespace":"${LOAD}",`, ''));
      await writeExperiment({ app: 'k6' });
      const run = plimsoll('run', 'experiment.yaml');
      const [code] = await run.exited;
      expect(code, run.output()).to.equal(69);
      expect(run.output()).to.match(/selector also means the pods of k6 that make the load/);
    });
  });
});
