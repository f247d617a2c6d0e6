import { expect } from 'chai';
import { checkForwarded } from '../../../../src/chaos/chaos-mesh/check-forwarded.js';
import type { PlannedFault } from '../../../../src/chaos/fault-injector.js';
import { aPod } from '../../../support/a-pod.js';
import { aPlannedFault } from '../../../support/a-plan.js';

const FORWARDED = [{ name: 'orders', namespace: 'shop', labels: { app: 'orders' } }];

function check(spec: object, overrides: Partial<PlannedFault> = {}, kind = 'NetworkChaos') {
  const fault = aPlannedFault();
  const manifest = { ...fault.manifest, kind, spec: { ...spec } };
  return checkForwarded({ ...fault, manifest, ...overrides }, [aPod('a')], FORWARDED).map(
    ({ severity }) => severity,
  );
}

describe('checkForwarded', () => {
  it('stops a fault in the network that the load would go around', () => {
    expect(check({ action: 'delay' })).to.deep.equal(['stop']);
    expect(check({ action: 'partition' })).to.deep.equal(['stop']);
  });

  it('only warns where the fault is meant for what these pods talk to, or its dose is none of anybody', () => {
    expect(check({ action: 'delay', target: {} })).to.deep.equal(['warning']);
    expect(check({ action: 'partition', externalTargets: ['10.0.0.1'] })).to.deep.equal(['warning']);
    expect(check({ action: 'delay' }, { dose: 'off' })).to.deep.equal(['warning']);
    expect(check({ delay: '1s' }, {}, 'HTTPChaos')).to.deep.equal(['warning']);
  });

  it('has nothing against faults of other kinds, on other pods, or where nothing is forwarded', () => {
    expect(check({ action: 'pod-kill' }, {}, 'PodChaos')).to.deep.equal([]);
    const fault = aPlannedFault();
    expect(checkForwarded(fault, [aPod('a', { labels: { app: 'payments' } })], FORWARDED)).to.deep.equal([]);
    expect(checkForwarded(fault, [aPod('a', { namespace: 'other' })], FORWARDED)).to.deep.equal([]);
    expect(checkForwarded(fault, [aPod('a')], [])).to.deep.equal([]);
  });
});
