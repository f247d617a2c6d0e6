import { expect } from 'chai';
import { describeFault, describeFaults, injectedDelayMs } from '../../../src/report/describe-fault.js';
import { aFault } from '../../support/a-result.js';

describe('describeFault', () => {
  const phrases: readonly (readonly [kind: string, action: string | null, spec: object, phrase: string])[] = [
    ['NetworkChaos', 'delay', { delay: { latency: '1.5s' } }, '1.5 s of delay'],
    ['NetworkChaos', 'partition', {}, 'a partition'],
    ['NetworkChaos', 'bandwidth', { bandwidth: { rate: '1mbps' } }, 'a bandwidth of 1mbps'],
    ['NetworkChaos', 'loss', { loss: { loss: '10' } }, 'NetworkChaos loss'],
    ['PodChaos', 'pod-kill', {}, 'a killed pod'],
    ['PodChaos', 'pod-failure', {}, 'a failed pod'],
    ['PodChaos', 'container-kill', {}, 'a killed container'],
    ['StressChaos', null, { stressors: { cpu: {}, memory: {} } }, 'CPU and memory stress'],
    ['HTTPChaos', null, { abort: true }, 'aborted requests'],
    ['HTTPChaos', null, { delay: '300ms' }, '300 ms of delay'],
    ['HTTPChaos', null, { target: 'Response', replace: { code: 503 } }, 'replaced responses'],
    ['IOChaos', 'latency', {}, 'IOChaos latency'],
    ['TimeChaos', null, {}, 'TimeChaos'],
  ];
  for (const [kind, action, spec, phrase] of phrases)
    it(`says "${phrase}" for ${kind} ${action ?? JSON.stringify(spec)}`, () => {
      const targets = [{ id: 'orders-1', uid: 'u1' }];
      expect(describeFault(aFault({ kind, action, manifest: { kind, spec }, targets }))).to.equal(phrase);
    });

  it('does not speak of one pod where there were several', () => {
    const of = (action: string) =>
      describeFault(aFault({ kind: 'PodChaos', action, manifest: { spec: {} } }));
    expect(aFault().targets).to.have.length(2);
    expect(['pod-kill', 'pod-failure', 'container-kill'].map(of)).to.deep.equal([
      'killed pods',
      'failed pods',
      'killed containers',
    ]);
  });

  it('says how much of a service a fault reaches, where it is not all of it', () => {
    const reaching = (hit: number) => [aFault({ shares: [{ service: 'shop/orders', hit, ready: 3 }] })];
    expect(describeFaults(reaching(1))).to.equal('200 ms of delay (1 of 3 behind shop/orders)');
    expect(describeFaults(reaching(3))).to.equal('200 ms of delay');
  });

  it('joins several faults, each once', () => {
    const cut = aFault({ action: 'partition', manifest: { spec: {} } });
    expect(describeFaults([aFault(), aFault(), cut])).to.equal('200 ms of delay and a partition');
    expect(describeFaults([])).to.equal('no fault');
  });
});

describe('injectedDelayMs', () => {
  it('knows no delay where the manifest has none that can be read', () => {
    const delayed = (latency: unknown): number | undefined =>
      injectedDelayMs(aFault({ manifest: { spec: { delay: { latency } } } }));
    expect(delayed('200ms')).to.equal(200);
    expect(delayed('soon')).to.equal(undefined);
    expect(delayed(200)).to.equal(undefined);
    expect(injectedDelayMs(aFault({ manifest: {} }))).to.equal(undefined);
  });
});
