import { resolve } from 'node:path';
import { expect } from 'chai';
import {
  buildPlan,
  isRunnable,
  type BuiltPlan,
  type LoadedExperiment,
} from '../../../src/experiments/build-plan.js';
import { readExperiment } from '../../../src/experiments/read-experiment.js';
import { parseYaml } from '../../../src/experiments/read-yaml.js';
import { createAutoClock } from '../../support/auto-clock.js';
import { createFakeEnvironment, type FakeEnvironmentOptions } from '../../support/fake-environment.js';
import { createFakeGenerator } from '../../support/fake-generator.js';

const HEAD = `apiVersion: plimsoll.dev/v1
kind: Experiment
metadata: { name: order-submit }
hypothesis: Orders are accepted.
phases: { steady: 15s, fault: 30s, recovery: 15s }
`;
const LOAD = `load:
  http:
    baseUrl: '{{services.orders.url}}/'
    headers: { x-team: orders }
    requests:
      - { method: POST, path: '/orders?dry=1', body: { item: tea, id: '{{uuid}}' }, expect: { status: 201 } }
      - { name: list, path: /orders, headers: { x-team: web }, weight: 3, expect: { status: 2xx } }
      - { method: PUT, path: /text, body: plain }
  profile: { rate: 100/s }
`;
const FAULTS = `faults:
  - manifest: { apiVersion: chaos-mesh.org/v1alpha1, kind: NetworkChaos, metadata: { labels: { mine: '1' } }, spec: { action: delay, mode: all, selector: { labelSelectors: { app: orders } }, delay: { latency: 200ms } } }
`;
const SLA = `sla:
  steady: [p95 <= 120ms]
  fault:
    - objective: p99 <= 800ms
      minSamples: 500
guards: { maxTargets: 1, stopWhen: ['errors > 50% for 5s'] }
`;

async function plan(text: string, options: Partial<FakeEnvironmentOptions> = {}): Promise<BuiltPlan> {
  const parsed = parseYaml('some/order-submit.yaml', text);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const { document, problems } = await readExperiment(parsed.yaml, parsed.value);
  if (document === undefined) throw new Error(problems.map(({ message }) => message).join('; '));
  const loaded: LoadedExperiment = { ok: true, document, source: text, path: 'some/order-submit.yaml' };
  const clock = createAutoClock();
  return await buildPlan(
    loaded,
    {
      runId: '20261123-081502-k3f9',
      environment: createFakeEnvironment({ clock, ...options }),
      generator: createFakeGenerator({ clock }),
      variables: { TOKEN: 'secret' },
    },
    new AbortController().signal,
  );
}

async function planned(text: string, options: Partial<FakeEnvironmentOptions> = {}) {
  const built = await plan(text, options);
  if (!built.ok) throw new Error(built.problems.map(({ message }) => message).join('; '));
  return built.plan;
}

describe('buildPlan', () => {
  it('resolves the requests of a load', async () => {
    const { load } = await planned(HEAD + LOAD + FAULTS + SLA);
    if (load.kind !== 'http') throw new Error(load.kind);
    expect(load.timeoutMs).to.equal(10_000);
    expect(load.profile).to.deep.equal({ model: 'open', ratePerSecond: 100, maxVUs: 100 });
    expect(load.requests).to.deep.equal([
      {
        name: 'POST /orders',
        method: 'POST',
        url: 'http://127.0.0.1:1/orders?dry=1',
        headers: { 'content-type': 'application/json', 'x-team': 'orders' },
        body: '{"item":"tea","id":"{{uuid}}"}',
        weight: 1,
        expectStatus: { min: 201, max: 201 },
      },
      {
        name: 'list',
        method: 'GET',
        url: 'http://127.0.0.1:1/orders',
        headers: { 'x-team': 'web' },
        weight: 3,
        expectStatus: { min: 200, max: 299 },
      },
      {
        name: 'PUT /text',
        method: 'PUT',
        url: 'http://127.0.0.1:1/text',
        headers: { 'x-team': 'orders' },
        body: 'plain',
        weight: 1,
        expectStatus: { min: 200, max: 399 },
      },
    ]);
  });

  it('resolves a load command and the format of its rows', async () => {
    const command = `load:
  command:
    command: [vegeta, '{{services.orders.url}}']
    env: { TOKEN: '{{env.TOKEN}}' }
    format:
      csv:
        columns: [at, code, took]
        start: { field: at, unit: ns, epoch: unix }
        duration: { field: took, unit: ms }
        status: code
`;
    const { load } = await planned(HEAD + command + FAULTS + SLA);
    const { maxDurationMs, ...rest } = load;
    expect(maxDurationMs).to.be.greaterThan(60_000);
    expect(rest).to.deep.equal({
      kind: 'command',
      command: ['vegeta', 'http://127.0.0.1:1'],
      cwd: resolve('some'),
      env: { TOKEN: 'secret' },
      timeoutMs: 10_000,
      format: {
        kind: 'csv',
        columns: ['at', 'code', 'took'],
        delimiter: ',',
        fields: {
          start: { field: 'at', unit: 'ns', epoch: 'unix' },
          duration: { field: 'took', unit: 'ms' },
          success: { by: 'status', field: 'code' },
        },
      },
    });
  });

  it('takes a script from beside the experiment, and environment variables', async () => {
    const k6 = `load:
  k6: { script: ../package.json, env: { BASE_URL: '{{services.orders.host}}:{{services.orders.port}}', TOKEN: '{{env.TOKEN}}' } }
`;
    const { load } = await planned(HEAD + k6 + FAULTS + SLA);
    if (load.kind !== 'k6-script') throw new Error(load.kind);
    expect(load.script)
      .to.match(/[/]package[.]json$/)
      .and.match(/^[/]/);
    expect(load.env).to.deep.equal({ BASE_URL: '127.0.0.1:1', TOKEN: 'secret' });
    expect(load.profile).to.equal(undefined);
  });

  it('gives faults a name of the run, its labels, and a schedule', async () => {
    const later = `  - { name: kill, at: 5s, every: 10s, for: 2s, manifest: { apiVersion: chaos-mesh.org/v1alpha1, kind: PodChaos, spec: { action: pod-kill, mode: one, selector: {} } } }
`;
    const { faults, targets } = await planned(HEAD + LOAD + FAULTS + later + SLA);
    expect(faults.map(({ name }) => name)).to.deep.equal(['networkchaos', 'kill']);
    expect(faults[0]!.manifest.metadata).to.deep.equal({
      name: 'order-submit-networkchaos-k3f9',
      labels: {
        mine: '1',
        'app.kubernetes.io/managed-by': 'plimsoll',
        'plimsoll.dev/experiment': 'order-submit',
        'plimsoll.dev/run': '20261123-081502-k3f9',
      },
    });
    expect(faults[1]!.schedule).to.deep.equal({ atMs: 5000, forMs: 2000, everyMs: 10_000 });
    expect(targets.kill!.map(({ id }) => id)).to.deep.equal(['orders-1']);
  });

  it('reads the objectives, with what one line cannot say', async () => {
    const { sla, guards } = await planned(HEAD + LOAD + FAULTS + SLA);
    expect(sla.steady[0]!.text).to.equal('p95 <= 120ms');
    expect(sla.fault[0]).to.include({ text: 'p99 <= 800ms', minSamples: 500 });
    expect(guards.stopWhen[0]!.forMs).to.equal(5000);
  });

  it('tells a template that names no service, at its place', async () => {
    const built = await plan(HEAD + LOAD.replace('services.orders', 'services.order') + FAULTS + SLA);
    if (built.ok) throw new Error('planned');
    expect(built.problems).to.have.length(1);
    expect(built.problems[0]).to.include({ line: 8, column: 15 });
    expect(built.problems[0]!.message).to.contain('did you mean "orders"?');
  });

  it('stops where the blast radius would be passed', async () => {
    const guarded = SLA.replace('maxTargets: 1', 'maxTargets: 1');
    expect(isRunnable(await planned(HEAD + LOAD + FAULTS + guarded))).to.equal(true);
    const clock = createAutoClock();
    const environment = createFakeEnvironment({ clock });
    const two = [1, 2].map((number) => ({ id: `orders-${number}`, uid: `orders-${number}#1` }));
    const parsed = parseYaml('x.yaml', HEAD + LOAD + FAULTS + guarded);
    if (!parsed.ok) throw new Error('yaml');
    const { document } = await readExperiment(parsed.yaml, parsed.value);
    const built = await buildPlan(
      { ok: true, document: document!, source: '', path: 'x.yaml' },
      {
        runId: 'r-1',
        environment: {
          ...environment,
          injector: { ...environment.injector, select: () => Promise.resolve(two) },
        },
        generator: createFakeGenerator({ clock }),
        variables: {},
      },
      new AbortController().signal,
    );
    if (!built.ok) throw new Error('not planned');
    expect(isRunnable(built.plan)).to.equal(false);
    expect(built.plan.findings[0]).to.include({ severity: 'stop', code: 'blast-radius' });
    expect(built.plan.findings[0]!.message).to.contain('orders-1, orders-2').and.to.contain('allows 1');
  });

  it('gathers the findings of everybody, each once', async () => {
    const finding = { severity: 'warning' as const, code: 'x', message: 'a thing', remedy: '' };
    const { findings } = await planned(HEAD + LOAD + FAULTS + SLA, { findings: [finding, finding] });
    expect(findings).to.deep.equal([finding]);
  });

  it('warns of objectives that the planned load and phases cannot answer', async () => {
    const sla = `sla: { fault: [p99.9 <= 1s, p95 <= 2x steady], recovery: [recovery <= 12s, recovery <= 13s] }\n`;
    const { findings } = await planned(HEAD + LOAD + FAULTS + sla);
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
      'warning too-few-samples',
      'warning recovery-phase-short',
    ]);
    expect(findings[0]!.message).to.contain('3,000 samples').and.to.contain('3,688 are needed');
    expect(findings[1]!.message).to.contain('"recovery <= 13s"').and.to.contain('more than 12 s');
    expect(findings[1]!.remedy).to.contain('16 s or longer');
  });

  it('warns where the steady phase is too short for a limit that relates to it', async () => {
    const { findings } = await planned(
      HEAD.replace('steady: 15s', 'steady: 3s') + LOAD + FAULTS + 'sla: { fault: [p99 <= 2x steady] }\n',
    );
    expect(findings[0]!.message).to.contain('300 samples are expected in the steady phase');
  });
});

describe('the lines of an experiment', () => {
  it('are checked with the file, each at its characters', async () => {
    const parsed = parseYaml(
      'x.yaml',
      HEAD + LOAD + FAULTS + SLA.replace('p95 <= 120ms', 'p95 <= 120').replace('for 5s', 'for long'),
    );
    if (!parsed.ok) throw new Error('yaml');
    const { problems } = await readExperiment(parsed.yaml, parsed.value);
    expect(problems.map(({ message }) => message.split(':')[0])).to.deep.equal([
      'cannot read "p95 <= 120"',
      'cannot read "errors > 50% for long"',
    ]);
    expect(problems[0]).to.include({ line: 18, column: 19, length: 3 });
  });
});
