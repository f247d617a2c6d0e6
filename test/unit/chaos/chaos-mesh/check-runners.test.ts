import { expect } from 'chai';
import {
  checkReach,
  checkRunners,
  type RunnerPlace,
} from '../../../../src/chaos/chaos-mesh/check-runners.js';
import { aClusterEnvironment } from '../../../support/a-cluster-environment.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';

const RUNNERS: RunnerPlace = {
  namespace: 'shop',
  labels: { 'app.kubernetes.io/component': 'plimsoll-runner' },
  services: ['orders'],
};

function isStopped(spec: Record<string, unknown>, runners: RunnerPlace | undefined = RUNNERS): boolean {
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

describe('checkReach', () => {
  const services = {
    orders: { service: 'orders', port: 80 },
    prometheus: { service: 'monitoring/prometheus', port: 9090 },
  };
  const codesOf = (...args: Parameters<typeof checkReach>): readonly string[] =>
    checkReach(...args).map(({ severity, code }) => `${severity} ${code}`);

  it('stops a port-forward to what the pods of a load send requests to', () => {
    expect(codesOf({ reach: 'forward', services }, RUNNERS)).to.deep.equal(['stop forward-for-runners']);
  });

  it('lets every other way through, a url, and a port-forward that this machine alone uses', () => {
    for (const reach of ['auto', 'dns', 'address', undefined] as const) {
      expect(codesOf({ reach, services }, RUNNERS)).to.deep.equal([]);
    }
    const byUrl = { ...services, orders: { url: 'https://shop.example.com' } };
    expect(codesOf({ reach: 'forward', services: byUrl }, RUNNERS)).to.deep.equal([]);
    expect(codesOf({ reach: 'forward', services }, { ...RUNNERS, services: [] })).to.deep.equal([]);
    expect(codesOf({ reach: 'forward', services }, undefined)).to.deep.equal([]);
  });
});

describe('the services of an environment whose load is made by pods', () => {
  let api: FakeApiServer;
  afterEach(async () => {
    await api.close();
  });

  it('are called by name where the load names them, and forwarded where this machine alone does', async () => {
    api = await openFakeApiServer((_, response) => {
      answer(response, { metadata: { name: 'any' }, spec: { selector: {}, ports: [{ port: 80 }] } });
    });
    const services = {
      orders: { service: 'orders', port: 80 },
      prometheus: { service: 'monitoring/prometheus', port: 80 },
    };
    const use = { usedServices: ['orders', 'prometheus'], runners: RUNNERS };
    const environment = await aClusterEnvironment(api.kubeconfig, { services }, undefined, use);
    const urls = Object.fromEntries(environment.services.map(({ name, url }) => [name, url]));
    expect(urls.orders).to.equal('http://orders.shop.svc:80');
    expect(urls.prometheus).to.match(/^http:\/\/127\.0\.0\.1:/);
    await environment.stop();
  });
});
