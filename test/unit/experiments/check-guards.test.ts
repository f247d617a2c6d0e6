import { expect } from 'chai';
import { checkGuards, type TargetGuards } from '../../../src/experiments/check-guards.js';

describe('checkGuards', () => {
  const pod = (id: string, ready = true) => ({
    id,
    uid: id,
    ready,
    behind: [{ service: 'shop/orders', ready: 3 }],
  });
  const found = (targets: Parameters<typeof checkGuards>[0], guards: TargetGuards, replicas = 0) =>
    checkGuards(targets, [{ name: 'orders', url: 'http://127.0.0.1:1', replicas, labels: {} }], guards).map(
      ({ severity, code, message }) => `${severity} ${code}: ${message}`,
    );

  it('counts a target once, however many faults it carries', () => {
    const targets = [pod('a'), pod('b'), pod('a')];
    expect(found(targets, { maxTargets: 2, maxPercent: 67 })).to.deep.equal([]);
    expect(found(targets, { maxTargets: 1 })).to.have.length(1);
    expect(found(targets, { maxPercent: 66 })).to.deep.equal([
      'stop blast-radius: 2 of 3 that serve behind shop/orders would carry a fault (67 %); guards.maxPercent allows 66',
    ]);
  });

  it('counts only what serves: a pod that is not ready is no loss', () => {
    expect(found([pod('a', false)], { maxPercent: 1 })).to.deep.equal([]);
  });

  it('takes the replicas of a service on this machine', () => {
    const targets = [{ id: 'orders-1', uid: '1', service: 'orders' }];
    expect(found(targets, { maxPercent: 50 }, 2)).to.deep.equal([]);
    expect(found(targets, { maxPercent: 49 }, 2)).to.have.length(1);
  });

  it('says where the share is not known', () => {
    const [warning, ...others] = found([{ id: 'orders', uid: '1', service: 'orders' }], { maxPercent: 50 });
    expect(others).to.deep.equal([]);
    expect(warning).to.include('warning guard-not-checked');
    expect(found([], { maxPercent: 50 })).to.deep.equal([]);
  });

  it('names some of many targets', () => {
    const many = Array.from({ length: 5000 }, (_, index) => pod(`orders-${index}`));
    expect(found(many, { maxTargets: 1 }).join().length).to.be.below(400);
  });
});
