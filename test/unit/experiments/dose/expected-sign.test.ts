import { expect } from 'chai';
import { expectedSign } from '../../../../src/experiments/dose/expected-sign.js';

describe('expectedSign', () => {
  it('asks of a delay that requests take longer by a good part of it', () => {
    expect(expectedSign('NetworkChaos', 'delay', { delay: { latency: '200ms' } })).to.deep.equal({
      kind: 'requests',
      slowerByMs: 100,
      isDue: true,
    });
    expect(expectedSign('HTTPChaos', null, { delay: '1s' })).to.include({ slowerByMs: 500, isDue: true });
  });

  it('asks of what ends pods and containers that Kubernetes tells of it', () => {
    for (const action of ['pod-kill', 'container-kill', 'pod-failure'])
      expect(expectedSign('PodChaos', action, {})).to.have.property('kind', 'pods');
  });

  it('asks nothing of what requests need not notice, or what cannot be read', () => {
    const isDue = (kind: string, action: string | null, spec: Record<string, unknown>) => {
      const sign = expectedSign(kind, action, spec);
      return sign.kind === 'requests' && sign.isDue;
    };
    expect(isDue('StressChaos', null, { stressors: { cpu: { workers: 1 } } })).to.equal(false);
    expect(isDue('TimeChaos', null, { timeOffset: '10m' })).to.equal(false);
    expect(isDue('NetworkChaos', 'duplicate', {})).to.equal(false);
    expect(isDue('NetworkChaos', 'delay', { delay: { latency: 'soon' } })).to.equal(false);
    expect(isDue('HTTPChaos', null, { replace: { code: 200 } })).to.equal(false);
    expect(isDue('HTTPChaos', null, { replace: { code: 503 } })).to.equal(true);
    expect(isDue('NetworkChaos', 'partition', {})).to.equal(true);
  });
});
