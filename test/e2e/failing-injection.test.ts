import { expect } from 'chai';
import { PlimsollError } from '../../src/shared/errors.js';
import {
  aFault,
  DELAY,
  doseUntil,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  recoveredAtLast,
  stopEnvironments,
} from './support/an-environment.js';
import { requires } from '../support/requirement.js';
import { waitUntil } from '../support/wait-until.js';
import { clusterCommand, isOwnCluster, kubectl } from './support/kubectl.js';
import { rejection } from './support/rejection.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(20_000);

describe('what goes wrong on a real cluster', () => {
  before(async function () {
    requires(this, "the project's own cluster", isOwnCluster || undefined);
    await openShop('orders', 2);
  });
  after(async () => {
    if (isOwnCluster) await closeShop();
  });

  afterEach(stopEnvironments);

  it('finds a selector that matches nothing before anything is created, and refuses to apply it', async () => {
    const { environment, runId } = await openEnvironment();
    const fault = aFault(runId, 'NetworkChaos', DELAY, 'nobody');
    const findings = await environment.injector.preflight(fault, SOON());
    expect(findings.map(({ code }) => code)).to.deep.equal(['no-target']);
    const target = { mode: 'all', selector: { labelSelectors: { app: 'nobody' } } };
    const towardsNobody = aFault(runId, 'NetworkChaos', { action: 'partition', direction: 'both', target });
    const [found] = await environment.injector.preflight(towardsNobody, SOON());
    expect(found).to.include({ severity: 'stop', code: 'no-target' });
    expect(found?.message).to.match(/^the other side, .*nobody.* matches no running pod/);
    const error = await rejection(environment.injector.apply(fault, SOON()));
    expect(error).to.be.instanceOf(PlimsollError).with.property('code', 'FAULT_NOT_INJECTED');
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('shows what the webhook and the schema say against an object', async () => {
    const { environment, runId } = await openEnvironment();
    const codes = async (spec: Record<string, unknown>) => {
      const found = await environment.injector.preflight(aFault(runId, 'NetworkChaos', spec), SOON());
      return found.map(({ code, message }) => `${code}: ${message}`).join('\n');
    };
    expect(await codes({ action: 'delay', delay: { latency: '10 sec' } })).to.match(
      /^refused-by-cluster: .*latency/,
    );
    expect(await codes({ action: 'delay', delay: { latancy: '10ms' } })).to.match(
      /^refused-by-cluster: .*spec.delay.latancy/,
    );
    await environment.stop();
  });

  it('gives the reason of the targets themselves where the daemon is away, and recovers when it is back', async () => {
    const { environment, runId } = await openEnvironment({ recoverDeadlineMs: 6000 });
    await clusterCommand('daemon-off');
    let applied;
    try {
      const fault = aFault(runId, 'NetworkChaos', DELAY);
      const found = await environment.preflight(SOON());
      expect(found.map(({ code }) => code)).to.deep.equal(['daemon-away']);
      const [onNode] = await environment.injector.preflight(fault, SOON());
      expect(onNode).to.include({ severity: 'stop', code: 'daemon-away' });
      expect(onNode?.message).to.match(/on node \S+, where \S+\/orders-/);
      applied = await environment.injector.apply(fault, SOON());
      const error = await rejection(applied.injected(AbortSignal.timeout(4000)));
      expect(error).to.have.property('code', 'FAULT_NOT_INJECTED');
      expect((error as Error).message).to.match(/orders-\S+: .*daemon.* \(0 of 2 targets carried it\)/);
      // Chaos Mesh tries to inject it before it lets it go: it hangs on its finalizer.
      const stuck = await applied.recover();
      expect(stuck).to.include({ status: 'unconfirmed' });
      expect(stuck)
        .to.have.property('reason')
        .that.matches(/not proven within 4 s: NetworkChaos .*daemon/);
      expect(stuck).to.have.property('remedy').that.includes('get networkchaos networkchaos-');
    } finally {
      await clusterCommand('daemon-on');
    }
    await recoveredAtLast(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('does not call a fault recovered while the daemon is away, and proves it once it is back', async () => {
    const { environment, runId } = await openEnvironment({ recoverDeadlineMs: 6000 });
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    await clusterCommand('daemon-off');
    try {
      expect(await applied.recover()).to.include({ status: 'unconfirmed' });
      expect((await environment.stop()).map(({ code }) => code)).to.deep.equal(['fault-left']);
    } finally {
      await clusterCommand('daemon-on');
    }
    const again = await openEnvironment();
    const swept = await again.environment.injector.sweep({ runs: [deadRun(runId)] }, SOON());
    expect(swept.map(({ status }) => status)).to.satisfy(
      (found: string[]) => found.length === 0 || found.every((status) => status !== 'left'),
    );
    await again.environment.stop();
  });

  it('finds the controller away before the run, and in an injection', async () => {
    const { environment, runId } = await openEnvironment({ recoverDeadlineMs: 6000 });
    await clusterCommand('controller-off');
    try {
      expect((await environment.preflight(SOON())).map(({ code }) => code)).to.include('controller-away');
      const fault = aFault(runId, 'NetworkChaos', DELAY);
      const found = await environment.injector.preflight(fault, SOON());
      expect(found.map(({ code, message }) => `${code}: ${message}`).join()).to.match(
        /refused-by-cluster: .*failed calling webhook/,
      );
      const error = await rejection(environment.injector.apply(fault, SOON()));
      expect(error).to.have.property('code', 'FAULT_NOT_INJECTED');
    } finally {
      await clusterCommand('controller-on');
    }
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('does not call a fault recovered while the controller is away, and sets it going again after its restart', async () => {
    const { environment, runId } = await openEnvironment({ recoverDeadlineMs: 12_000 });
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    await clusterCommand('controller-off');
    try {
      const stuck = await applied.recover();
      expect(stuck).to.include({ status: 'unconfirmed' });
    } finally {
      await clusterCommand('controller-on');
    }
    await recoveredAtLast(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('does not believe an object that is gone without its finalizer, and finds the poisoned pods', async () => {
    const { environment, runId } = await openEnvironment({ recoverDeadlineMs: 20_000 });
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    const name = fault.manifest.metadata?.name ?? '';
    const { applied } = await inject(environment, fault);
    await clusterCommand('daemon-off');
    try {
      const recovering = applied.recover();
      const patch = ['-n', SHOP, 'patch', 'networkchaos', name, '--type=merge', '-p'];
      await waitUntil('it hangs on its finalizer', async () =>
        (await kubectl('-n', SHOP, 'get', 'networkchaos', name, '-o', 'yaml')).includes('type: Failed'),
      );
      await kubectl(...patch, '{"metadata":{"finalizers":null}}');
      const doubted = await recovering;
      expect(doubted).to.include({ status: 'unconfirmed' });
      expect(doubted)
        .to.have.property('reason')
        .that.matches(/is gone, but it may still be in the pods: podnetworkchaos .*daemon/);
      const next = aFault(runId, 'NetworkChaos', PARTITION);
      const found = await environment.injector.preflight(next, SOON());
      expect(found.map(({ code }) => code)).to.have.members(['daemon-away', 'poisoned-pod', 'poisoned-pod']);
    } finally {
      await clusterCommand('daemon-on');
      await kubectl('-n', SHOP, 'delete', 'podnetworkchaos', '--all');
      await kubectl('-n', SHOP, 'rollout', 'restart', 'deployment/orders');
      await kubectl('-n', SHOP, 'rollout', 'status', 'deployment/orders', '--timeout=60s');
    }
    await environment.stop();
  });

  it('takes the finalizer off by force only when asked, and says what may be left in the pods', async () => {
    const { environment, runId } = await openEnvironment();
    await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    await clusterCommand('daemon-off');
    try {
      const sweeper = await openEnvironment({ recoverDeadlineMs: 5000 });
      const { injector } = sweeper.environment;
      const [stuck] = await injector.sweep({ runs: [deadRun(runId)] }, SOON());
      expect(stuck).to.include({ status: 'left' });
      expect(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'name')).to.include(runId);
      const [forced] = await injector.sweep({ runs: [deadRun(runId)], force: true }, SOON());
      expect(forced).to.include({ status: 'left' });
      expect(forced?.detail).to.match(
        /took its finalizer off; deleted podnetworkchaos .*the fault may still be in .*delete pod/,
      );
      expect(await kubectl('-n', SHOP, 'get', 'networkchaos,podnetworkchaos', '-o', 'name')).to.equal('');
      await sweeper.environment.stop();
    } finally {
      await clusterCommand('daemon-on');
      await kubectl('-n', SHOP, 'rollout', 'restart', 'deployment/orders');
      await kubectl('-n', SHOP, 'rollout', 'status', 'deployment/orders', '--timeout=60s');
    }
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('notices that somebody paused the fault, and that somebody deleted it', async () => {
    const { environment, runId, events } = await openEnvironment();
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    const { applied } = await inject(environment, fault);
    const name = fault.manifest.metadata?.name ?? '';
    const pause = 'experiment.chaos-mesh.org/pause';
    await kubectl('-n', SHOP, 'annotate', 'networkchaos', name, `${pause}=true`);
    const paused = await doseUntil(applied, ({ coverage }) => coverage === 0);
    expect(paused.detail).to.include('paused');
    await kubectl('-n', SHOP, 'annotate', 'networkchaos', name, `${pause}-`);
    await doseUntil(applied, ({ coverage }) => coverage === 1);
    await kubectl('-n', SHOP, 'delete', 'networkchaos', name);
    const deleted = await doseUntil(applied, ({ coverage }) => coverage === 0);
    expect(deleted.detail).to.include('deleted by somebody else');
    await recovered(applied);
    expect(events.map(({ kind }) => kind)).to.include.members([
      'fault-paused',
      'fault-resumed',
      'fault-deleted',
    ]);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('counts pods that came later as serving without the fault', async () => {
    const { environment, runId } = await openEnvironment();
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    try {
      await kubectl('-n', SHOP, 'scale', 'deployment/orders', '--replicas=4');
      const half = await doseUntil(applied, ({ coverage }) => coverage === 0.5);
      expect(half.detail).to.match(/^2 of 4 pods that should carry it do; without it: /);
    } finally {
      await kubectl('-n', SHOP, 'scale', 'deployment/orders', '--replicas=2');
    }
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });
});

function deadRun(runId: string) {
  return { runId, environment: 'e2e', processes: [], temporaryFolders: [] };
}
