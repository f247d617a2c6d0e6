import { expect } from 'chai';
import {
  describeBudget,
  readBudget,
  readBudgets,
  underSeveral,
} from '../../../../src/chaos/chaos-mesh/read-budgets.js';
import type { KubeObject } from '../../../../src/shared/kubernetes/kube-client.js';
import { aBudget } from '../../../support/a-budget.js';
import { aPod } from '../../../support/a-pod.js';

describe('readBudgets', () => {
  const pods = ['a', 'b', 'c'].map((name) => aPod(name));

  function refusals(object: KubeObject, some = pods): readonly number[] {
    return readBudgets([readBudget(object)], some).map(({ refused }) => refused);
  }

  it('counts what would be refused if all were evicted at once', () => {
    expect(refusals(aBudget({ allowed: 3 }))).to.deep.equal([0]);
    expect(refusals(aBudget({ allowed: 1 }))).to.deep.equal([2]);
    expect(refusals(aBudget({ allowed: 0 }), pods.slice(0, 1))).to.deep.equal([1]);
  });

  it('takes the pods that its labels and expressions mean, in its own namespace alone', () => {
    const elsewhere = pods.map((pod) => ({ ...pod, namespace: 'bank' }));
    expect(refusals(aBudget(), elsewhere)).to.deep.equal([]);
    expect(refusals(aBudget({ selector: { matchLabels: { app: 'other' } } }))).to.deep.equal([]);
    const expression = { key: 'app', operator: 'In', values: ['orders'] };
    expect(refusals(aBudget({ selector: { matchExpressions: [expression] } }))).to.deep.equal([3]);
  });

  it('knows that an empty selector means every pod, and a missing one none', () => {
    expect(refusals(aBudget({ selector: {} }))).to.deep.equal([3]);
    expect(refusals(aBudget({ selector: null }))).to.deep.equal([]);
  });

  it('lets pods go free that never ran, are over, or are being deleted', () => {
    for (const free of [{ phase: 'Pending' }, { phase: 'Succeeded' }, { deleting: true }]) {
      expect(refusals(aBudget(), [aPod('a', free)]), JSON.stringify(free)).to.deep.equal([0]);
    }
  });

  it('lets a pod that is not ready go free only while the budget is met, or where its policy says so', () => {
    const unready = [aPod('a', { ready: false })];
    expect(refusals(aBudget({ healthy: 2, desired: 2 }), unready)).to.deep.equal([0]);
    expect(refusals(aBudget({ healthy: 1, desired: 2 }), unready)).to.deep.equal([1]);
    expect(refusals(aBudget({ healthy: 0, desired: 0 }), unready)).to.deep.equal([1]);
    const always = { unhealthyPodEvictionPolicy: 'AlwaysAllow' };
    expect(refusals(aBudget({ healthy: 1, desired: 2, spec: always }), unready)).to.deep.equal([0]);
  });

  it('takes a budget that was changed and not counted again for one that refuses', () => {
    expect(refusals(aBudget({ allowed: 3, generation: 2 }))).to.deep.equal([3]);
  });

  it('finds the pods that stand under two budgets', () => {
    const two = [aBudget(), aBudget({ name: 'all', selector: {} })].map(readBudget);
    const other = aPod('d', { labels: { app: 'other' } });
    expect(underSeveral(two, [...pods, other]).map(({ name }) => name)).to.deep.equal(['a', 'b', 'c']);
  });

  it('says it in a line', () => {
    const lines = (object: KubeObject) => readBudgets([readBudget(object)], pods).map(describeBudget);
    expect(lines(aBudget({ allowed: 1 }))).to.deep.equal([
      'PodDisruptionBudget shop/orders (minAvailable: 2): 1 disruption allowed now, covers 3 of the pods, would refuse 2',
    ]);
    const share = { minAvailable: undefined, maxUnavailable: '50%' };
    expect(lines(aBudget({ allowed: 3, spec: share }))).to.deep.equal([
      'PodDisruptionBudget shop/orders (maxUnavailable: 50%): 3 disruptions allowed now, covers 3 of the pods, refuses none',
    ]);
  });

  it('reads one that nobody has counted yet', () => {
    const fresh = { ...aBudget(), status: {} };
    expect(refusals(fresh)).to.deep.equal([3]);
    expect(describeBudget(readBudgets([readBudget(fresh)], pods)[0]!)).to.include('not counted yet');
  });
});
