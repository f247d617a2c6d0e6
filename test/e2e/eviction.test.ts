import { expect } from 'chai';
import { buildRoles } from '../../src/chaos/chaos-mesh/build-role.js';
import { waitUntil } from '../support/wait-until.js';
import {
  aNativeFault,
  doseUntil,
  inject,
  openEnvironment,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { rejection } from './support/rejection.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(30_000);
const EVICTION = { mode: 'one', selector: { labelSelectors: { app: 'orders' } }, gracePeriodSeconds: 0 };

describe('evictions on a real cluster', () => {
  before(async () => {
    await openShop('orders', 3);
  });
  after(closeShop);

  afterEach(stopEnvironments);

  it('evict the pod that the plan names, prove it by its uid, and are over once another is ready in its place', async () => {
    await setBudget(2);
    const { environment, runId, events } = await openEnvironment();
    const fault = aNativeFault(runId, 'PodEviction', EVICTION);
    expect(await environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    const [target, ...others] = await environment.injector.select(fault, SOON());
    expect(others).to.deep.equal([]);
    const { applied, injection } = await inject(environment, fault);
    expect(injection.targets.map(({ uid }) => uid)).to.deep.equal([target?.uid]);
    expect(injection.evidence).to.equal('1 of 1 pods evicted, each being deleted or gone');
    expect(await doseUntil(applied, () => true)).to.include({
      coverage: 1,
      detail: 'evicted 1 of 1 targets',
    });
    expect(await recovered(applied)).to.equal('1 evicted pod is gone, 3 pods ready as before');
    expect(await uids())
      .to.have.length(3)
      .and.not.include(target?.uid);
    expect(events.map(({ kind }) => kind)).to.include.members(['pod-deleted', 'pod-ready']);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('are refused by a budget that allows none, which the plan knows and the reason names', async () => {
    await setBudget(3);
    const before = await uids();
    const { environment, runId, events } = await openEnvironment();
    const fault = aNativeFault(runId, 'PodEviction', EVICTION);
    const [finding, ...more] = await environment.injector.preflight(fault, SOON());
    expect(more).to.deep.equal([]);
    expect(finding).to.include({ severity: 'warning', code: 'budget-refuses' });
    expect(finding?.message).to.include(
      `PodDisruptionBudget ${SHOP}/orders (minAvailable: 3): 0 disruptions`,
    );
    const applied = await environment.injector.apply(fault, SOON());
    const refused = await rejection(applied.injected(AbortSignal.timeout(5000)));
    expect(refused).to.include({ code: 'FAULT_NOT_INJECTED' });
    expect((refused as Error).message).to.include(
      `0 of 1 pods were evicted within deadlines.inject: PodDisruptionBudget ${SHOP}/orders needs 3 healthy pods and has 3 currently`,
    );
    expect(await recovered(applied)).to.equal('nothing had been evicted');
    expect(events.filter(({ kind }) => kind === 'eviction-refused')).to.have.length(1);
    expect(await uids()).to.have.members(before);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('are asked for again until the budget lets go', async () => {
    await setBudget(3);
    const { environment, runId, events } = await openEnvironment();
    const fault = aNativeFault(runId, 'PodEviction', EVICTION);
    const applied = await environment.injector.apply(fault, SOON());
    const injected = applied.injected(AbortSignal.timeout(60_000));
    await waitUntil('the eviction is refused', () => events.some(({ kind }) => kind === 'eviction-refused'));
    await setBudget(2);
    expect((await injected).targets).to.have.length(1);
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('never come to a pod under two budgets, and preflight says so', async () => {
    await setBudget(2);
    await setBudget(1, 'again');
    const { environment, runId } = await openEnvironment();
    const fault = aNativeFault(runId, 'PodEviction', EVICTION);
    const found = await environment.injector.preflight(fault, SOON());
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
      'stop cannot-be-evicted',
    ]);
    const applied = await environment.injector.apply(fault, SOON());
    const refused = await rejection(applied.injected(SOON()));
    expect((refused as Error).message).to.include('several PodDisruptionBudgets cover it');
    expect(await recovered(applied)).to.equal('nothing had been evicted');
    await kubectl('-n', SHOP, 'delete', 'pdb', 'again');
  });

  it('need no more than the printed role, and preflight has nothing to say', async () => {
    await setBudget(2);
    const user = 'tenant-that-evicts';
    const { environment, runId } = await openEnvironment({ config: { impersonate: { user, groups: [] } } });
    const fault = aNativeFault(runId, 'PodEviction', EVICTION);
    const missing = await environment.injector.preflight(fault, SOON());
    expect(missing.map(({ message }) => message).join()).to.include(
      `no right to create pods/eviction in namespace ${SHOP}`,
    );
    const config = { namespace: SHOP, guards: { maxPercent: 100, minHealthy: 1 }, services: {} };
    const roles = buildRoles([fault], config, 'printed-eviction', { kind: 'User', name: user });
    for (const object of roles) await kubectlApply(object);
    expect(await environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    const { applied } = await inject(environment, fault);
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('stop at the guards of the environment', async () => {
    const { environment, runId } = await openEnvironment({
      config: { guards: { maxTargets: 1, maxPercent: 100, minHealthy: 1 } },
    });
    const fault = aNativeFault(runId, 'PodEviction', { ...EVICTION, mode: 'all' });
    const found = await environment.injector.preflight(fault, SOON());
    expect(found.map(({ code }) => code)).to.include.members(['blast-radius', 'no-healthy-replica']);
    expect(await rejection(environment.injector.apply(fault, SOON()))).to.include({
      code: 'FAULT_NOT_INJECTED',
    });
  });
});

/** Resolves when its controller has counted. */
async function setBudget(minAvailable: number, name = 'orders'): Promise<void> {
  await kubectlApply({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: SHOP },
    spec: { minAvailable, selector: { matchLabels: { app: 'orders' } } },
  });
  await waitUntil('the budget is counted', async () => {
    const path = '{.metadata.generation} {.status.observedGeneration} {.status.currentHealthy}';
    const said = await kubectl('-n', SHOP, 'get', 'pdb', name, '-o', `jsonpath=${path}`);
    const [generation, observed, healthy] = said.split(' ');
    return generation === observed && healthy === '3';
  });
}

async function uids(): Promise<readonly string[]> {
  const path = '{.items[*].metadata.uid}';
  return (await kubectl('-n', SHOP, 'get', 'pods', '-l', 'app=orders', '-o', `jsonpath=${path}`)).split(' ');
}
