import { expect } from 'chai';
import { removeProjects, type Project } from '../support/a-project.js';
import { requires } from '../support/requirement.js';
import { waitUntil } from '../support/wait-until.js';
import { aGate, aShopProject, stepOf } from './support/a-shop-project.js';
import { injectAndDie } from './support/inject-and-die.js';
import { aRunId } from './support/an-environment.js';
import { clusterCommand, isOwnCluster, kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const RUN = ['run', 'gate.yaml', '--generator', 'embedded'];
const SHORT_DEADLINES = { deadlines: { inject: '4s', recover: '5s' } };

describe('a run on a cluster of which a part is away', () => {
  before(async function () {
    requires(this, "the project's own cluster", isOwnCluster || undefined);
    await openShop('orders', 2);
  });
  afterEach(async () => {
    await removeProjects();
    if (!isOwnCluster) return;
    await clusterCommand('daemon-on');
    await clusterCommand('controller-on');
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'name')).to.equal('');
    await kubectl('-n', SHOP, 'delete', 'leases', '--all');
  });
  after(async () => {
    if (isOwnCluster) await closeShop();
  });

  it('does not begin where the daemon is away', async () => {
    const project = await aShopProject();
    await clusterCommand('daemon-off');
    const { code, stderr } = await project.run(RUN);
    expect(code, stderr).to.equal(69);
    expect(stderr).to.include('no daemon of Chaos Mesh is ready on node');
  });

  it('says that a fault may be live where the daemon goes away before it, and a sweep takes it out when it is back', async () => {
    const project = await aShopProject({}, SHORT_DEADLINES);
    await project.write(
      'gate.yaml',
      aGate({ ...SHORT_DEADLINES, phases: { steady: '10s', fault: '2s', recovery: '1s' } }),
    );
    const run = await project.start(RUN);
    await waitUntil('the steady phase goes on', () => stepOf(run.stderr()) === 'steady', 60_000);
    await clusterCommand('daemon-off');
    const { code } = await run.exit;
    const [stdout, stderr] = [run.stdout(), run.stderr()];
    expect(code, stdout + stderr).to.equal(75);
    expect(stdout + stderr)
      .to.match(/daemon/)
      .and.to.match(/get networkchaos gate-cut-\S+/);
    await clusterCommand('daemon-on');
    await sweptAtLast(project);
  });

  it('says so where the daemon goes away in the fault, by sweep and by force too, and then names the pods', async () => {
    const { project, run } = await runUntilTheFault();
    await clusterCommand('daemon-off');
    const { code } = await run.exit;
    expect(code, run.stdout() + run.stderr()).to.equal(75);
    const stuck = await project.run(['sweep', '--deadline', '4s']);
    expect(stuck.code).to.equal(75);
    expect(stuck.stdout).to.match(/✖ NetworkChaos \S+: not proven within 2 s: .*daemon/);
    const forced = await project.run(['sweep', '--deadline', '4s', '--force']);
    expect(forced.code, forced.stdout).to.equal(75);
    expect(forced.stdout).to.match(
      /took its finalizer off; deleted podnetworkchaos .*the fault may still be in .*delete pod/,
    );
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos,podnetworkchaos', '-o', 'name')).to.equal('');
    // These pods are lost to the other tests.
    await closeShop();
    await openShop('orders', 2);
  });

  it('does not begin where the controller is away', async () => {
    const project = await aShopProject();
    await clusterCommand('controller-off');
    const { code, stderr } = await project.run(RUN);
    expect(code, stderr).to.equal(69);
    expect(stderr)
      .to.include('no controller of Chaos Mesh is ready')
      .and.to.include('failed calling webhook');
  });

  it('says that a fault may be live where the controller goes away in the fault', async () => {
    const { project, run } = await runUntilTheFault();
    await clusterCommand('controller-off');
    const { code } = await run.exit;
    expect(code, run.stdout() + run.stderr()).to.equal(75);
    await clusterCommand('controller-on');
    await sweptAtLast(project);
  });

  it('cannot rely on the duration of a fault while the controller is away, and sweep says so', async () => {
    const durationSeconds = 5;
    const runId = aRunId();
    const project = await aShopProject();
    await injectAndDie(runId, durationSeconds);
    await clusterCommand('controller-off');
    const created = Date.parse(await read('{.items[0].metadata.creationTimestamp}'));
    // Twice its duration, by the clock of the cluster, which is that of this machine.
    await waitUntil('its time is over', () => Date.now() > created + 2000 * durationSeconds);
    expect(await phases()).to.equal('Injected Injected');
    await kubectl('-n', SHOP, 'delete', 'lease', 'plimsoll');
    const swept = await project.run(['sweep', '--orphans', '--deadline', '6s']);
    expect(swept.code, swept.stdout + swept.stderr).to.equal(75);
    expect(swept.stdout).to.include('nothing happens: the controller of Chaos Mesh may be away');
    await clusterCommand('controller-on');
    await sweptAtLast(project, '--orphans');
  });

  async function runUntilTheFault() {
    const project = await aShopProject({}, SHORT_DEADLINES);
    await project.write(
      'gate.yaml',
      aGate({ ...SHORT_DEADLINES, phases: { steady: '1s', fault: '8s', recovery: '1s' } }),
    );
    const run = await project.start(RUN);
    await waitUntil('the fault is in', () => stepOf(run.stderr()) === 'fault', 60_000);
    return { project, run };
  }
});

/** Chaos Mesh heals by itself once its parts are back; it may take its time. */
async function sweptAtLast(project: Project, ...options: readonly string[]): Promise<void> {
  let last = '';
  await waitUntil(
    'a sweep takes the fault out',
    async () => {
      const { code, stdout } = await project.run(['sweep', ...options, '--deadline', '20s']);
      last = stdout;
      return code === 0;
    },
    90_000,
  );
  expect(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'name'), last).to.equal('');
}

async function phases(): Promise<string> {
  return await read('{.items[*].status.experiment.containerRecords[*].phase}');
}

async function read(path: string): Promise<string> {
  return await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', `jsonpath=${path}`);
}
