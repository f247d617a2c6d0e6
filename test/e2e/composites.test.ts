import { expect } from 'chai';
import {
  aFault,
  doseUntil,
  inject,
  openEnvironment,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(30_000);
const PARTITION = {
  ...{ action: 'partition', mode: 'all', direction: 'both', externalTargets: ['10.255.255.1/32'] },
  selector: { namespaces: [SHOP], labelSelectors: { app: 'orders' } },
};

describe('schedules and workflows on a real cluster', () => {
  before(async () => {
    await openShop('orders', 2);
  });
  after(async () => {
    await closeShop();
  });
  afterEach(stopEnvironments);

  it('proves a schedule by the faults that it makes, and takes all of them out with it', async () => {
    const { environment, runId } = await openEnvironment();
    const fault = withSpec(aFault(runId, 'Schedule', {}), {
      ...{ schedule: '@every 2s', type: 'NetworkChaos', concurrencyPolicy: 'Forbid', historyLimit: 2 },
      networkChaos: { ...PARTITION, duration: '60s' },
    });
    expect(await environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    const { applied, injection } = await inject(environment, fault);
    expect(injection.targets).to.have.length(2);
    expect((await doseUntil(applied, () => true)).detail).to.equal('2 of 2 targets carry it');
    expect(await recovered(applied)).to.match(/^2 of 2 targets recovered, object gone, no leftovers/);
    expect(await kubectl('-n', SHOP, 'get', 'schedule,networkchaos', '-o', 'name')).to.equal('');
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('proves a workflow by the faults of its nodes, and takes all of them out with it', async () => {
    const { environment, runId } = await openEnvironment();
    const fault = withSpec(aFault(runId, 'Workflow', {}), {
      entry: 'entry',
      templates: [
        { name: 'entry', templateType: 'Serial', deadline: '120s', children: ['wait', 'cut'] },
        { name: 'wait', templateType: 'Suspend', deadline: '1s' },
        { name: 'cut', templateType: 'NetworkChaos', deadline: '60s', networkChaos: PARTITION },
      ],
    });
    expect(await environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    const { applied } = await inject(environment, fault);
    expect(await recovered(applied)).to.match(/^2 of 2 targets recovered, object gone, no leftovers/);
    expect(await kubectl('-n', SHOP, 'get', 'workflow,networkchaos', '-o', 'name')).to.equal('');
    expect(await environment.stop()).to.deep.equal([]);
  });
});

function withSpec(fault: ReturnType<typeof aFault>, spec: Record<string, unknown>): typeof fault {
  return { ...fault, manifest: { ...fault.manifest, spec } };
}
