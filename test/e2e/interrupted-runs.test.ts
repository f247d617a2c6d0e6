import { expect } from 'chai';
import { removeProjects } from '../support/a-project.js';
import { waitUntil } from '../support/wait-until.js';
import { aGate, aShopProject, stepOf, STEPS, type Step } from './support/a-shop-project.js';
import { kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const RUN = ['run', 'gate.yaml', '--generator', 'embedded'];
/** Where a run is never swept; its fault has to end by itself while the other tests run. */
const UNSWEPT = `${SHOP}-unswept`;

describe('a run that is interrupted on a cluster', () => {
  before(async () => {
    await Promise.all([openShop('orders', 2), openShop('orders', 2, UNSWEPT)]);
  });
  after(async () => {
    await removeProjects();
    await Promise.all([closeShop(), closeShop(UNSWEPT)]);
  });

  async function startAndWaitFor(step: Step, namespace = SHOP) {
    const project = await aShopProject({ namespace });
    // So long that nothing but the interrupt ends it.
    await project.write('gate.yaml', aGate(aLong(step)));
    const run = await project.start(RUN);
    await waitUntil(`the run comes to ${step}`, () => stepOf(run.stderr()) === step, 60_000);
    return { project, run };
  }

  async function killedIn(step: Step, namespace?: string) {
    const { project, run } = await startAndWaitFor(step, namespace);
    run.signal('SIGKILL');
    expect(await run.exit).to.include({ signal: 'SIGKILL' });
    return project;
  }

  it('leaves a fault behind when it is killed', async () => {
    await killedIn('fault', UNSWEPT);
    expect(await phases(UNSWEPT)).to.equal('Injected Injected');
  });

  for (const step of STEPS.filter((each) => each !== 'start' && each !== 'stop')) {
    it(`takes everything out before it goes: ${step}`, async () => {
      const { project, run } = await startAndWaitFor(step);
      run.signal('SIGINT');
      const { code } = await run.exit;
      expect(code, run.stderr()).to.equal(130);
      expect(run.stderr()).to.include('interrupted');
      expect(await kubectl('-n', SHOP, 'get', 'networkchaos,leases', '-o', 'name')).to.equal('');
      const swept = await project.run(['sweep']);
      expect(swept.stdout).to.equal('no dead run has left anything\n');
    });
  }

  it('is swept after it was killed, and then nothing is left to sweep', async () => {
    const project = await killedIn('fault');
    const swept = await project.run(['sweep']);
    expect(swept.code, swept.stdout + swept.stderr).to.equal(0);
    expect(swept.stdout).to.match(
      /NetworkChaos \S+: 2 of 2 targets recovered, object gone, no leftovers in the pods/,
    );
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos,leases', '-o', 'name')).to.equal('');
    expect((await project.run(['sweep'])).stdout).to.equal('no dead run has left anything\n');
  });

  it('is swept by the next run', async () => {
    const project = await killedIn('fault');
    await project.write('gate.yaml', aGate());
    const next = await project.run(RUN);
    expect(next.code, next.stderr).to.equal(0);
    expect(next.stderr).to.match(/left by run \S+: NetworkChaos .*recovered/);
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'name')).to.equal('');
  });

  it('does not outlive its duration, even where nobody ever sweeps', async () => {
    await waitUntil(
      'Chaos Mesh ends the fault that nobody swept',
      async () => (await phases(UNSWEPT)) === 'Not Injected Not Injected',
      100_000,
    );
  });
});

function aLong(step: Step): Readonly<Record<string, unknown>> {
  const phase = (name: Step) => (name === step ? '60s' : '1s');
  return {
    // Of a killed run, this and a minute is how long its fault stays.
    phases: {
      ...{ warmup: phase('warmup'), steady: phase('steady') },
      ...{ fault: '5s', recovery: phase('recovery') },
    },
    deadlines: { inject: '10s', recover: '10s' },
  };
}

async function phases(namespace: string): Promise<string> {
  const path = '{.items[*].status.experiment.containerRecords[*].phase}';
  return await kubectl('-n', namespace, 'get', 'networkchaos', '-o', `jsonpath=${path}`);
}
