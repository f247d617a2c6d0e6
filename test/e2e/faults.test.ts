import { Agent, get } from 'node:http';
import { expect } from 'chai';
import {
  aFault,
  DELAY,
  doseUntil,
  inject,
  openEnvironment,
  PARTITION,
  type OpenEnvironment,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

describe('faults on a real cluster', () => {
  let open: OpenEnvironment;

  before(async () => {
    await openShop('orders', 3);
  });
  after(async () => {
    await closeShop();
  });
  beforeEach(async () => {
    open = await openEnvironment();
  });
  afterEach(async () => {
    expect(await open.environment.stop()).to.deep.equal([]);
  });

  afterEach(stopEnvironments);

  it('injects a delay into every pod, proves it, and takes it out with proof', async () => {
    const { environment, runId } = open;
    const fault = aFault(runId, 'NetworkChaos', DELAY);
    expect(await environment.injector.preflight(fault, AbortSignal.timeout(20_000))).to.deep.equal([]);
    const targets = await environment.injector.select(fault, AbortSignal.timeout(20_000));
    await environment.start(AbortSignal.timeout(20_000));
    const { applied, injection } = await inject(environment, fault);
    expect(injection.targets.map(({ id }) => id)).to.have.members(targets.map(({ id }) => id));
    expect(injection.targets.map(({ uid }) => uid)).to.have.members(targets.map(({ uid }) => uid));
    expect((await doseUntil(applied, () => true)).coverage).to.equal(1);
    const recovery = await applied.recover();
    expect(recovery).to.include({ status: 'recovered' });
    expect(recovery)
      .to.have.property('evidence')
      .that.matches(/^3 of 3 targets recovered, object gone, no leftovers/);
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'name')).to.equal('');
  });

  it('counts a delay twice for a new connection, and once for each request on it from then on', async () => {
    const { environment, runId } = open;
    const first = 'jsonpath={.items[0].status.podIP}';
    const address = await kubectl('-n', SHOP, 'get', 'pods', '-l', 'app=orders', '-o', first);
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', DELAY));
    const times: number[] = [];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (let time = 0; time < 6; time++) times.push(await timeOf(`http://${address}:8080/`, agent));
    } finally {
      agent.destroy();
      await recovered(applied);
    }
    // 100 ms each way that the pod sends: the answer to the handshake, and the answer to the request.
    expect(times[0]).to.be.at.least(195);
    expect(Math.min(...times)).to.be.within(95, 195);
  });

  it('tells the moment of recovery by the records, and not by the end of the object', async () => {
    const { environment, runId } = open;
    const { applied, injection } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    const recovery = await applied.recover();
    if (recovery.status !== 'recovered') throw new Error(recovery.reason);
    expect(recovery.requestedAtMs).to.be.within(injection.injectedAtMs, recovery.recoveredAtMs);
    expect(await applied.recover(), 'asked again').to.deep.equal(recovery);
  });

  it('hits the very pod that the plan names', async () => {
    const { environment, runId } = open;
    const fault = aFault(runId, 'NetworkChaos', { ...PARTITION, mode: 'one' });
    const [target, ...others] = await environment.injector.select(fault, AbortSignal.timeout(20_000));
    expect(others).to.deep.equal([]);
    const { applied, injection } = await inject(environment, fault);
    expect(injection.targets.map(({ id }) => id)).to.deep.equal([target?.id]);
    expect((await doseUntil(applied, () => true)).coverage).to.equal(1);
    await recovered(applied);
  });

  it('takes a killed pod for recovered once another is ready in its place', async () => {
    const { environment, runId, events } = open;
    const fault = aFault(runId, 'PodChaos', { action: 'pod-kill', mode: 'one' });
    expect(await environment.injector.preflight(fault, AbortSignal.timeout(20_000))).to.deep.equal([]);
    const { applied, injection } = await inject(environment, fault);
    const [target] = injection.targets;
    const recovery = await applied.recover();
    expect(recovery).to.include({ status: 'recovered' });
    expect(recovery).to.have.property('evidence').that.includes('3 pods ready as before');
    const pods = await kubectl('-n', SHOP, 'get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}');
    expect(pods.split(' ')).not.to.include(target?.uid);
    expect(events.map(({ kind }) => kind)).to.include.members(['pod-deleted', 'pod-ready']);
  });

  it('takes a killed container for recovered once it serves again', async () => {
    const { environment, runId, events } = open;
    const fault = aFault(runId, 'PodChaos', {
      action: 'container-kill',
      mode: 'one',
      containerNames: ['orders'],
    });
    const { applied } = await inject(environment, fault);
    await recovered(applied);
    expect(events.map(({ kind }) => kind)).to.include('pod-restarted');
  });
});

/** How long a request took to its last byte, in milliseconds. */
async function timeOf(url: string, agent: Agent): Promise<number> {
  const beganAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
  return performance.now() - beganAt;
}
