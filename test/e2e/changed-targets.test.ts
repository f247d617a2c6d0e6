import { expect } from 'chai';
import { removeProjects } from '../support/a-project.js';
import { waitUntil } from '../support/wait-until.js';
import { aGate, aShopFault, aShopProject, stepOf } from './support/a-shop-project.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const RUN = ['run', 'gate.yaml', '--generator', 'embedded'];
const PAUSE = 'experiment.chaos-mesh.org/pause';

describe('a run that somebody meddles with', () => {
  before(async () => {
    await openShop('orders', 2);
  });
  after(async () => {
    await closeShop();
  });
  afterEach(async () => {
    await removeProjects();
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos,leases', '-o', 'name')).to.equal('');
  });

  /** Does something to the cluster once the fault is in; it has to be seen before the fault phase is over. */
  async function meddle(what: (fault: string) => Promise<unknown>, phases: object, seen: RegExp) {
    const project = await aShopProject({}, { phases });
    const run = await project.start(RUN);
    await waitUntil('the fault is in', () => stepOf(run.stderr()) === 'fault', 60_000);
    await what(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'jsonpath={.items[0].metadata.name}'));
    const { code } = await run.exit;
    const said = run.stderr() + run.stdout();
    expect(said).to.match(seen);
    const [result] = await project.results();
    const fault = result?.faults[0];
    expect(fault?.injections[0], said).to.include({ status: 'recovered' });
    return { code, said, dose: fault!.dose, outcome: result!.verdict.outcome };
  }

  it('is inconclusive when a target is deleted: the pod in its place serves without the fault', async () => {
    const { code, said, dose } = await meddle(
      async () => {
        const first = 'jsonpath={.items[0].metadata.name}';
        const pod = await kubectl('-n', SHOP, 'get', 'pods', '-l', 'app=orders', '-o', first);
        await kubectl('-n', SHOP, 'delete', 'pod', pod);
      },
      { steady: '1s', fault: '15s', recovery: '1s' },
      /is ready, and does not carry the fault/,
    );
    expect(code, said).to.equal(2);
    expect(dose.minCoverage).to.equal(0.5);
  });

  it('is inconclusive when the deployment grows: the new pods serve without the fault', async () => {
    const scale = async (replicas: number) =>
      await kubectl('-n', SHOP, 'scale', 'deployment/orders', `--replicas=${replicas}`);
    try {
      const { code, said, dose } = await meddle(
        async () => await scale(4),
        { steady: '1s', fault: '15s', recovery: '1s' },
        /is ready, and does not carry the fault/,
      );
      expect(code, said).to.equal(2);
      expect(dose.minCoverage).to.be.within(0.5, 0.67);
    } finally {
      await scale(2);
      await kubectl('-n', SHOP, 'rollout', 'status', 'deployment/orders', '--timeout=60s');
    }
  });

  it('is inconclusive when somebody pauses the fault', async () => {
    const { code, said, dose } = await meddle(
      async (fault) => await kubectl('-n', SHOP, 'annotate', 'networkchaos', fault, `${PAUSE}=true`),
      { steady: '1s', fault: '6s', recovery: '1s' },
      /was paused by somebody else/,
    );
    expect(code, said).to.equal(2);
    expect(dose).to.include({ minCoverage: 0, lastDetail: 'somebody paused the fault' });
  });

  it('is inconclusive when somebody deletes the fault', async () => {
    const { code, said, dose } = await meddle(
      async (fault) => await kubectl('-n', SHOP, 'delete', 'networkchaos', fault),
      { steady: '1s', fault: '6s', recovery: '1s' },
      /was deleted by somebody else/,
    );
    expect(code, said).to.equal(2);
    expect(dose).to.include({ minCoverage: 0 });
  });

  it('does not begin where no target is running, and goes without those that are not', async () => {
    await kubectlApply(aPodThatFindsNoNode('waiting', 'waiting'));
    await kubectlApply(aPodThatFindsNoNode('orders-waiting', 'orders'));
    try {
      const project = await aShopProject();
      const spec = { action: 'delay', delay: { latency: '50ms' } };
      const selector = { labelSelectors: { app: 'waiting' } };
      await project.write('gate.yaml', aGate({ faults: [aShopFault('delay', { ...spec, selector })] }));
      const none = await project.run(RUN);
      expect(none.code, none.stderr).to.equal(69);
      expect(none.stderr).to.match(/matches 1 pods, but none is running: \S+\/waiting is Pending/);
      await project.write('gate.yaml', aGate({ faults: [aShopFault('delay', spec)] }));
      const some = await project.run(RUN);
      expect(some.stderr).to.match(/orders-waiting \(Pending\) is not running and gets no fault/);
      expect(some.code, some.stderr).to.equal(0);
      const [result] = await project.results();
      expect(result?.faults[0]?.targets).to.have.length(2);
    } finally {
      await kubectl('-n', SHOP, 'delete', 'pod', 'waiting', 'orders-waiting', '--now');
    }
  });
});

function aPodThatFindsNoNode(name: string, app: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: SHOP, labels: { app } },
    spec: {
      nodeSelector: { 'plimsoll.dev/no-such-node': 'true' },
      containers: [{ name: 'app', image: 'localhost/demo:1', imagePullPolicy: 'IfNotPresent' }],
    },
  };
}
