import { expect } from 'chai';
import type { Result } from '../../src/experiments/result-schema.js';
import { aProject, anExperiment, removeProjects } from '../support/a-project.js';
import { requires } from '../support/requirement.js';
import { waitUntil } from '../support/wait-until.js';
import { clusterCommand, isOwnCluster, kubeconfig, kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

/** Whole runs, by the command line: what Chaos Mesh says is held against what the requests show. */
describe('the dose of a fault on a real cluster', () => {
  before(async () => {
    await openShop('orders', 2);
  });
  after(closeShop);
  afterEach(removeProjects);

  const start = async (kind: string, spec: object, fault: object = {}, phases: object = {}) => {
    const reach = { driver: 'kubernetes', namespace: SHOP, reach: 'address', guards: { minHealthy: 0 } };
    const project = await aProject(
      {},
      { shop: { ...reach, services: { orders: { service: 'orders', port: 80 } } } },
    );
    const manifest = {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind,
      spec: { mode: 'all', selector: { labelSelectors: { app: 'orders' } }, ...spec },
    };
    await project.write(
      'dose.yaml',
      anExperiment({
        metadata: { name: 'dose' },
        phases: { steady: '4s', fault: '6s', recovery: '1s', ...phases },
        load: {
          http: { baseUrl: '{{services.orders.url}}', timeout: '5s', requests: [{ path: '/' }] },
          profile: { rate: '40/s', maxVUs: 100 },
        },
        faults: [{ name: 'fault', manifest, ...fault }],
        sla: { steady: ['errors < 50%'], fault: ['p95 <= 10s'], recovery: [] },
      }),
    );
    const invocation = await project.start(['run', 'dose.yaml', '--generator', 'embedded'], {
      PATH: process.env.PATH ?? '',
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    });
    const end = async (): Promise<{ code: number | undefined; result: Result; said: string }> => {
      const { code } = await invocation.exit;
      const said = invocation.stdout() + invocation.stderr();
      const [result] = await project.results();
      expect(result, said).to.not.equal(undefined);
      return { code, result: result!, said };
    };
    return { end, invocation };
  };

  const DELAY = { action: 'delay', delay: { latency: '200ms' } };
  const ELSEWHERE = { ...DELAY, externalTargets: ['10.255.255.1/32'] };

  it('is proven by the requests', async () => {
    const { code, result, said } = await (await start('NetworkChaos', DELAY)).end();
    expect(result.faults[0]!.dose.proof, said).to.have.property('status', 'proven');
    expect(code, said).to.equal(0);
    // A busy machine adds to either phase what it likes.
    expect(said).to.match(/p50 \+\S+ m?s for \+200 ms injected: amplification \d+(\.\d+)?/);
  });

  it('is not proven where the delay is in, and the requests do not meet it: inconclusive, with what was seen', async () => {
    const { code, result, said } = await (await start('NetworkChaos', ELSEWHERE)).end();
    expect(result.faults[0]!.injections[0], said).to.have.property('status', 'recovered');
    expect(result.faults[0]!.dose).to.include({ minCoverage: 1 });
    expect(code, said).to.equal(2);
    expect(result.verdict.reason).to.match(
      /^fault was put in, and nothing shows that it acted: \S+ % of the requests/,
    );
  });

  it('is not asked for where the experiment says so', async () => {
    const { code, result, said } = await (await start('NetworkChaos', ELSEWHERE, { dose: 'off' })).end();
    expect(code, said).to.equal(0);
    expect(result.faults[0]!.dose.proof).to.have.property('status', 'off');
  });

  it('is not proven where the delay comes to an end, and Chaos Mesh goes on to say that it is in', async function () {
    requires(this, 'a cluster of which parts can be taken away', isOwnCluster ? 'own' : undefined);
    const { end } = await start('NetworkChaos', DELAY, {}, { fault: '24s' });
    await waitUntil('the delay is in', async () =>
      (
        await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'jsonpath={.items[*].status.conditions}')
      ).includes('"status":"True","type":"AllInjected"'),
    );
    try {
      await clusterCommand('tcshim-off');
    } finally {
      await clusterCommand('tcshim-on');
    }
    const { code, result, said } = await end();
    expect(result.faults[0]!.dose, said).to.include({ minCoverage: 1 });
    expect(result.faults[0]!.dose.proof, said).to.have.property('status', 'none');
    expect(code, said).to.equal(2);
  });

  it('of a kill is what Kubernetes tells of the pods', async () => {
    const kill = { action: 'pod-kill', mode: 'one' };
    const { result, said } = await (await start('PodChaos', kill)).end();
    expect(result.faults[0]!.dose.proof, said).to.deep.equal({
      status: 'proven',
      detail: '1 of 1 targets were deleted, as Kubernetes tells',
    });
  });
});
