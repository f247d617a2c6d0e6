import { expect } from 'chai';
import type { Result } from '../../src/experiments/result-schema.js';
import { aProject, anExperiment, removeProjects, type Project } from '../support/a-project.js';
import { k6Binaries } from '../support/k6-binaries.js';
import { requires } from '../support/requirement.js';
import { kubeconfig, kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

/** The story that Plimsoll grew from, typed on the command line: a fault, a k6 benchmark in step with it, the SLA, the report. */
describe('a release gate on a cluster', () => {
  const k6 = k6Binaries()[0];

  before(async function () {
    requires(this, 'k6', k6);
    await openShop('orders', 3);
  });
  after(closeShop);
  afterEach(removeProjects);

  const open = async (experiment: Readonly<Record<string, unknown>>): Promise<Project> => {
    const project = await aProject(
      {},
      {
        shop: {
          driver: 'kubernetes',
          namespace: SHOP,
          reach: 'address',
          services: { orders: { service: 'orders', port: 80 } },
        },
      },
    );
    await project.write(
      'gate.yaml',
      anExperiment({
        metadata: { name: 'gate' },
        load: {
          http: { baseUrl: '{{services.orders.url}}', timeout: '5s', requests: [{ path: '/' }] },
          profile: { rate: '50/s', maxVUs: 100 },
        },
        ...experiment,
      }),
    );
    return project;
  };

  const run = async (project: Project) => {
    const ran = await project.run(['run', 'gate.yaml'], {
      PLIMSOLL_K6: k6!,
      PATH: process.env.PATH ?? '',
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    });
    const [result] = await project.results();
    expect(result, ran.stderr).to.not.equal(undefined);
    return { ...ran, result: result! };
  };

  const measured = (result: Result, phase: string) =>
    result.measurements.find((one) => one.phase === phase && one.endpoint === '*')!;

  const delay = (latency: string, app = 'orders') => [
    {
      name: 'delay',
      manifest: {
        apiVersion: 'chaos-mesh.org/v1alpha1',
        kind: 'NetworkChaos',
        spec: { action: 'delay', mode: 'all', selector: { labelSelectors: { app } }, delay: { latency } },
      },
    },
  ];

  const expectNoFaultLeft = async (): Promise<void> => {
    expect(await kubectl('get', 'networkchaos,podchaos', '-n', SHOP, '-o', 'name')).to.equal('');
  };

  it('passes: 200 ms of delay for 15 s are within 350 ms', async () => {
    const project = await open({
      phases: { warmup: '1s', steady: '5s', fault: '15s', recovery: '5s' },
      faults: delay('200ms'),
      sla: {
        steady: ['p95 <= 120ms', 'errors < 1%'],
        fault: ['p95 <= 350ms', 'errors < 1%'],
        recovery: ['recovery <= 5s'],
      },
    });
    const { code, result, stdout, stderr } = await run(project);
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.contain('PASS').and.to.contain('report.html');
    expect(result.generator.name).to.equal('k6');
    expect(measured(result, 'fault').p50Ms).to.be.within(195, 260);
    expect(measured(result, 'steady').p50Ms).to.be.lessThan(50);
    const [injection] = result.faults[0]!.injections;
    expect(injection).to.include({ status: 'recovered' });
    await expectNoFaultLeft();
  });

  it('breaches: 500 ms of delay are not', async () => {
    const project = await open({
      phases: { steady: '3s', fault: '5s', recovery: '1s' },
      faults: delay('500ms'),
      sla: { steady: ['p95 <= 120ms'], fault: ['p95 <= 350ms'], recovery: [] },
    });
    const { code, stdout, stderr } = await run(project);
    expect(code, stdout + stderr).to.equal(1);
    expect(stdout).to.contain('BREACH').and.to.contain('over the limit of 350 ms');
    await expectNoFaultLeft();
  });

  it('is inconclusive where the steady state is not met, and puts nothing in', async () => {
    const project = await open({
      phases: { steady: '2s', fault: '5s', recovery: '5s' },
      faults: delay('200ms'),
      sla: { steady: ['p50 <= 0.01ms'], fault: ['p95 <= 350ms'], recovery: [] },
    });
    const { code, result, stdout, stderr } = await run(project);
    expect(code, stdout + stderr).to.equal(2);
    expect(result.faults[0]!.injections).to.deep.equal([]);
  });

  it('does not begin where the selector means no pod', async () => {
    const project = await open({ faults: delay('200ms', 'nobody') });
    const { code, stderr } = await project.run(['run', 'gate.yaml'], {
      PLIMSOLL_K6: k6!,
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    });
    expect(code, stderr).to.equal(69);
    expect(stderr).to.contain('nobody');
  });

  it('sees a killed pod replaced, and the time until then', async () => {
    const project = await open({
      phases: { steady: '3s', fault: '5s', recovery: '10s' },
      faults: [
        {
          name: 'kill',
          manifest: {
            apiVersion: 'chaos-mesh.org/v1alpha1',
            kind: 'PodChaos',
            spec: { action: 'pod-kill', mode: 'one', selector: { labelSelectors: { app: 'orders' } } },
          },
        },
      ],
      sla: { steady: ['errors < 1%'], fault: ['availability >= 90%'], recovery: ['recovery <= 10s'] },
    });
    const { code, result, stdout, stderr } = await run(project);
    expect(code, stdout + stderr).to.equal(0);
    expect(result.recoveryMs).to.be.greaterThan(0);
    expect(result.faults[0]!.injections[0]!.evidence).to.contain('ready');
    await expectNoFaultLeft();
  });
});
