import { expect } from 'chai';
import { applyNative } from '../../../../../src/chaos/chaos-mesh/native/apply-native.js';
import { preflightNative } from '../../../../../src/chaos/chaos-mesh/native/preflight-native.js';
import type { HeldFault } from '../../../../../src/chaos/chaos-mesh/follow-fault.js';
import { PlimsollError } from '../../../../../src/shared/errors.js';
import { aBudget } from '../../../../support/a-budget.js';
import { aNativeFault } from '../../../../support/a-native-fault.js';
import {
  aNode,
  aPodObject,
  type FakeCluster,
  openFakeCluster,
  refuse,
  refuseByBudget,
} from '../../../../support/fake-nodes.js';
import { rejectionOf } from '../../../../support/rejection-of.js';
import { waitUntil } from '../../../../support/wait-until.js';

const NEVER = new AbortController().signal;

describe('a PodEviction', () => {
  let cluster: FakeCluster;
  const held: HeldFault[] = [];

  beforeEach(async () => {
    cluster = await openFakeCluster([aNode('node-a')], [aPodObject('orders-1'), aPodObject('orders-2')]);
  });
  afterEach(async () => {
    for (const each of held.splice(0)) await each.release();
    await cluster.server.close();
  });

  async function apply(spec: Record<string, unknown> = {}, more: Parameters<FakeCluster['access']>[0] = {}) {
    const holding = await applyNative(cluster.access(more), aNativeFault('PodEviction', spec), NEVER);
    held.push(holding);
    return holding.applied;
  }

  /** How often each pod was asked for. */
  const asked = () => cluster.server.requests.filter((request) => request.endsWith('/eviction'));
  const refusals = () => cluster.events.filter(({ kind }) => kind === 'eviction-refused');
  const isEviction = (request: string, pod = '') =>
    request.startsWith('POST') && request.endsWith(`${pod}/eviction`);

  it('evicts by the uid, with the grace period, and is back once another pod is ready', async () => {
    const applied = await apply({ mode: 'all', gracePeriodSeconds: 3 });
    const bodies: unknown[] = [];
    cluster.intercept((request) => {
      if (isEviction(request)) bodies.push(JSON.parse(cluster.server.last.body));
      return false;
    });
    const { targets, evidence } = await applied.injected(NEVER);
    expect(targets.map(({ id }) => id)).to.deep.equal(['shop/orders-1', 'shop/orders-2']);
    expect(evidence).to.equal('2 of 2 pods evicted, each being deleted or gone');
    expect(bodies).to.deep.include({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace: 'shop', name: 'orders-1' },
      deleteOptions: { preconditions: { uid: 'uid-of-orders-1' }, gracePeriodSeconds: 3 },
    });
    const recovery = await applied.recover();
    expect(recovery).to.include({
      status: 'recovered',
      evidence: '2 evicted pods are gone, 2 pods ready as before',
    });
    expect(await applied.recover(), 'asked again').to.equal(recovery);
  });

  it('asks again until the budget lets go, and tells each reason once', async () => {
    let left = 3;
    cluster.intercept((request, response) => {
      if (!isEviction(request) || left === 0) return false;
      left -= 1;
      refuseByBudget(response);
      return true;
    });
    const applied = await apply();
    expect((await applied.injected(NEVER)).targets).to.have.length(1);
    expect(asked()).to.have.length(4);
    expect(refusals().map(({ message }) => message)).to.have.length(1);
    expect(refusals()[0]?.message).to.match(
      /^shop\/orders-\d is not evicted yet: PodDisruptionBudget shop\/orders needs 2 healthy pods and has 2 currently$/,
    );
  });

  it('waits as long as the API server asks it to', async () => {
    const times: number[] = [];
    cluster.intercept((request, response) => {
      if (!isEviction(request)) return false;
      times.push(cluster.clock.nowMs());
      if (times.length > 1) return false;
      refuseByBudget(response, 17);
      return true;
    });
    await (await apply()).injected(NEVER);
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.at.least(17_000);
  });

  it('gives up at the deadline with the name of the budget, evicts no more, and has nothing to recover', async () => {
    cluster.intercept((request, response) => {
      if (isEviction(request)) refuseByBudget(response);
      return isEviction(request);
    });
    const applied = await apply({ mode: 'all' });
    const deadline = new AbortController();
    const injected = rejectionOf(applied.injected(deadline.signal));
    await waitUntil('both were refused', () => refusals().length === 2);
    deadline.abort(new PlimsollError('DEADLINE', 'injecting took too long'));
    expect(await injected)
      .to.include({ code: 'FAULT_NOT_INJECTED' })
      .and.have.property('message')
      .that.matches(
        /^0 of 2 pods were evicted within deadlines\.inject: PodDisruptionBudget shop\/orders needs 2 healthy pods and has 2 currently \(shop\/orders-\d, shop\/orders-\d\)$/,
      );
    expect(await applied.recover()).to.include({ status: 'recovered', evidence: 'nothing had been evicted' });
    expect(cluster.pods()).to.have.length(2);
  });

  it('does not take an interrupt for a refusal', async () => {
    cluster.intercept((request, response) => {
      if (isEviction(request)) refuseByBudget(response);
      return isEviction(request);
    });
    const interrupt = new AbortController();
    const injected = rejectionOf((await apply()).injected(interrupt.signal));
    await waitUntil('it was refused', () => refusals().length === 1);
    interrupt.abort(new PlimsollError('INTERRUPTED', 'interrupted by SIGINT'));
    expect(await injected).to.equal(interrupt.signal.reason);
  });

  it('brings back what was evicted before the deadline came', async () => {
    cluster.intercept((request, response) => {
      const isStuck = isEviction(request, 'orders-2');
      if (isStuck) refuseByBudget(response);
      return isStuck;
    });
    const applied = await apply({ mode: 'all' });
    const deadline = new AbortController();
    const injected = rejectionOf(applied.injected(deadline.signal));
    await waitUntil(
      'one is refused, the other gone',
      () => refusals().length === 1 && !names().includes('orders-1'),
    );
    deadline.abort(new PlimsollError('DEADLINE', 'injecting took too long'));
    expect(await injected)
      .to.have.property('message')
      .that.includes('1 of 2 pods was evicted within deadlines.inject');
    expect(await applied.recover()).to.include({
      evidence: '1 evicted pod is gone, 2 pods ready as before',
    });
  });

  it('is no fault where its only pod went by another hand, and a smaller one where some did', async () => {
    const applied = await apply({ mode: 'all' });
    cluster.removePod('orders-1');
    expect((await applied.injected(NEVER)).targets.map(({ id }) => id)).to.deep.equal(['shop/orders-2']);
    for await (const reading of applied.dose(NEVER)) {
      expect(reading).to.include({
        coverage: 0.5,
        detail: 'evicted 1 of 2 targets; gone by another hand: shop/orders-1',
      });
      break;
    }
    const another = await apply({ mode: 'all', selector: { pods: { shop: ['orders-2-again'] } } });
    cluster.removePod('orders-2-again');
    expect(await rejectionOf(another.injected(NEVER)))
      .to.have.property('message')
      .that.equals('no pod was evicted: shop/orders-2-again went away by another hand first');
  });

  it('counts a pod as evicted whose answer was lost', async () => {
    let isLost = false;
    cluster.intercept((request, response) => {
      if (!isEviction(request) || isLost) return false;
      isLost = true;
      cluster.removePod(/pods\/([^/]+)\//.exec(request)?.[1] ?? '');
      response.destroy();
      return true;
    });
    const { targets } = await (await apply()).injected(NEVER);
    expect(targets).to.have.length(1);
    expect(asked()).to.have.length(2);
  });

  it('stops at once where a pod will never be evicted', async () => {
    cluster.intercept((request, response) => {
      const message =
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
      if (isEviction(request)) refuse(response, 500, message);
      return isEviction(request);
    });
    const refused = await rejectionOf((await apply()).injected(NEVER));
    expect(refused).to.include({ code: 'FAULT_NOT_INJECTED' });
    expect((refused as Error).message).to.match(
      /^shop\/orders-\d cannot be evicted: several PodDisruptionBudgets cover it/,
    );
    expect(asked()).to.have.length(1);
  });

  it('is not recovered as long as fewer pods are ready than before', async () => {
    cluster.replaces(false);
    const applied = await apply({}, { recoverDeadlineMs: 300 });
    await applied.injected(NEVER);
    expect(await applied.recover()).to.include({
      status: 'unconfirmed',
      reason: 'not back within 300 ms: 1 pods are ready, and 2 were before the eviction',
    });
    cluster.putPod(aPodObject('orders-3'));
    await waitUntil('it is recovered', async () => (await applied.recover()).status === 'recovered');
  });

  describe('before the run', () => {
    const preflight = async (spec = {}, more: Parameters<FakeCluster['access']>[0] = {}) =>
      (await preflightNative(cluster.access(more), aNativeFault('PodEviction', spec), NEVER)).findings.map(
        ({ severity, code, message }) => `${severity} ${code}: ${message}`,
      );

    it('has nothing to say where all is well, and has evicted nothing', async () => {
      expect(await preflight()).to.deep.equal([]);
      expect(cluster.pods()).to.have.length(2);
    });

    it('says what a budget would refuse, and that pods under two are never evicted', async () => {
      await cluster.server.close();
      cluster = await openFakeCluster(
        [],
        [aPodObject('orders-1'), aPodObject('orders-2')],
        [aBudget({ allowed: 1 })],
      );
      expect(await preflight()).to.deep.equal([]);
      expect((await preflight({ mode: 'all' })).join()).to.match(
        /^warning budget-refuses: PodDisruptionBudget shop\/orders \(minAvailable: 2\): 1 disruption allowed now, .* would refuse 1; it is asked again/,
      );
      await cluster.server.close();
      const both = [aBudget({ allowed: 1 }), aBudget({ allowed: 1, name: 'all', selector: {} })];
      cluster = await openFakeCluster([], [aPodObject('orders-1')], both);
      expect((await preflight()).join()).to.match(
        /^stop cannot-be-evicted: shop\/orders-1 cannot be evicted: several/,
      );
    });

    it('finds pods that nobody would start again, guards that are passed, and namespaces that are not allowed', async () => {
      cluster.putPod(aPodObject('orders-1', 'node-a', { ownerReferences: [] }));
      const found = await preflight({ mode: 'all' }, { guards: { maxTargets: 1 } });
      expect(found.map((text) => text.split(':')[0])).to.deep.equal(['stop no-owner', 'stop blast-radius']);
      expect((await preflight({ selector: { namespaces: ['kube-system'] } })).join()).to.match(
        /^stop namespace-not-allowed/,
      );
      const outside = aNativeFault('PodEviction', { selector: { namespaces: ['bank'] } });
      expect(await rejectionOf(applyNative(cluster.access(), outside, NEVER))).to.include({
        code: 'FAULT_NOT_INJECTED',
      });
    });
  });

  const names = () => cluster.pods().map(({ metadata }) => metadata.name);
});
