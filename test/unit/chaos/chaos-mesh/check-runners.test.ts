import { expect } from 'chai';
import { checkRunners } from '../../../../src/chaos/chaos-mesh/check-runners.js';

const RUNNERS = { namespace: 'shop', labels: { 'app.kubernetes.io/component': 'plimsoll-runner' } };

function isStopped(spec: Record<string, unknown>, runners: typeof RUNNERS | undefined = RUNNERS): boolean {
  const manifest = { apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'NetworkChaos', spec };
  const found = checkRunners({ name: 'f', manifest, schedule: { atMs: 0 } }, 'shop', runners);
  return found.some(({ code, severity }) => code === 'fault-on-runners' && severity === 'stop');
}

describe('checkRunners', () => {
  it('stops a fault whose selector means every pod of the namespace of the runners', () => {
    expect(isStopped({ selector: {} })).to.equal(true);
    expect(isStopped({ selector: { namespaces: ['other', 'shop'] } })).to.equal(true);
    expect(
      isStopped({ selector: { expressionSelectors: [{ key: 'app', operator: 'NotIn', values: ['db'] }] } }),
    ).to.equal(true);
  });

  it('stops one that means them as the other side, or within a Schedule or Workflow', () => {
    const orders = { labelSelectors: { app: 'orders' } };
    expect(isStopped({ selector: orders, target: { mode: 'all', selector: {} } })).to.equal(true);
    expect(isStopped({ type: 'PodChaos', podChaos: { selector: {} } })).to.equal(true);
    expect(isStopped({ templates: [{ podChaos: { selector: { namespaces: ['shop'] } } }] })).to.equal(true);
  });

  it('lets through what cannot mean them', () => {
    expect(isStopped({ selector: { labelSelectors: { app: 'orders' } } })).to.equal(false);
    expect(isStopped({ selector: { namespaces: ['other'] } })).to.equal(false);
    expect(isStopped({ selector: { pods: { shop: ['orders-1'] } } })).to.equal(false);
    expect(isStopped({ selector: {} }, { ...RUNNERS, namespace: 'load' })).to.equal(false);
    const none = checkRunners(
      {
        name: 'f',
        manifest: { apiVersion: 'x', kind: 'PodChaos', spec: { selector: {} } },
        schedule: { atMs: 0 },
      },
      'shop',
      undefined,
    );
    expect(none).to.deep.equal([]);
  });
});
