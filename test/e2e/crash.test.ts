import { expect } from 'chai';
import { waitUntil } from '../support/wait-until.js';
import {
  aFault,
  aRunId,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { injectAndDie } from './support/inject-and-die.js';
import { kubectl } from './support/kubectl.js';
import { rejection } from './support/rejection.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(30_000);

describe('a harness that died', () => {
  before(async () => {
    await openShop('orders', 2);
  });
  after(async () => {
    await closeShop();
  });

  afterEach(stopEnvironments);

  it('leaves a fault that a sweep finds by its label, removes and proves gone', async () => {
    const runId = aRunId();
    await injectAndDie(runId);
    expect(await phasesOf(runId)).to.equal('Injected Injected');
    const { environment } = await openEnvironment();
    const dead = { runId, environment: 'e2e', processes: [], temporaryFolders: [] };
    const other = { ...dead, runId: 'of-another-run' };
    expect(await environment.injector.sweep({ runs: [other] }, SOON())).to.deep.equal([]);
    const [swept, ...more] = await environment.injector.sweep({ runs: [dead] }, SOON());
    expect(more).to.deep.equal([]);
    expect(swept).to.include({
      runId,
      status: 'removed',
      what: `NetworkChaos ${SHOP}/networkchaos-${runId}`,
    });
    expect(swept?.detail).to.match(/^2 of 2 targets recovered, object gone, no leftovers/);
    expect(await environment.injector.sweep({ runs: [dead] }, SOON())).to.deep.equal([]);
    await environment.stop();
  });

  it('is swept with all orphans, unless its run is known to live, or its lease does', async () => {
    const [dying, living] = [aRunId(), aRunId()];
    await injectAndDie(dying);
    const { environment } = await openEnvironment();
    // The lease of the dead run is still fresh: nobody can tell yet that it died.
    expect(await environment.injector.sweep({ runs: [], orphans: { living: [] } }, SOON())).to.deep.equal([]);
    await kubectl('-n', SHOP, 'delete', 'lease', 'plimsoll');
    const spared = await environment.injector.sweep({ runs: [], orphans: { living: [dying] } }, SOON());
    expect(spared).to.deep.equal([]);
    const alive = await openEnvironment({ runId: living });
    const { applied } = await inject(
      alive.environment,
      aFault(living, 'StressChaos', { stressors: { cpu: { workers: 1, load: 1 } } }),
    );
    const swept = await environment.injector.sweep({ runs: [], orphans: { living: [] } }, SOON());
    expect(swept.map(({ runId, status }) => ({ runId, status }))).to.deep.equal([
      { runId: dying, status: 'removed' },
    ]);
    await recovered(applied);
    await alive.environment.stop();
    await environment.stop();
  });

  it('leaves a fault that its lease ends, even where nobody ever sweeps', async () => {
    const runId = aRunId();
    await injectAndDie(runId, 6);
    await waitUntil(
      'the lease ends the fault',
      async () => (await phasesOf(runId)) === 'Not Injected Not Injected',
    );
    await kubectl('-n', SHOP, 'delete', 'networkchaos', `networkchaos-${runId}`);
    await kubectl('-n', SHOP, 'delete', 'lease', 'plimsoll');
  });

  it('keeps others away while it lives', async () => {
    const one = await openEnvironment();
    const two = await openEnvironment();
    const { applied } = await inject(one.environment, aFault(one.runId, 'NetworkChaos', PARTITION));
    const fault = aFault(two.runId, 'NetworkChaos', PARTITION);
    const found = await two.environment.injector.preflight(fault, SOON());
    expect(found.map(({ code }) => code)).to.include.members(['environment-in-use', 'fault-on-target']);
    expect(await rejection(two.environment.injector.apply(fault, SOON()))).to.include({ code: 'NOT_READY' });
    await recovered(applied);
    await one.environment.stop();
    expect(await two.environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    await two.environment.stop();
  });
});

async function phasesOf(runId: string): Promise<string> {
  const path = '{.status.experiment.containerRecords[*].phase}';
  return await kubectl('-n', SHOP, 'get', 'networkchaos', `networkchaos-${runId}`, '-o', `jsonpath=${path}`);
}
