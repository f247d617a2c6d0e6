import { expect } from 'chai';
import type { ClusterConfig } from '../../../../src/chaos/chaos-mesh/cluster-config.js';
import { resolveServices } from '../../../../src/chaos/chaos-mesh/resolve-services.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';

const SOON = () => AbortSignal.timeout(20_000);

describe('resolveServices', () => {
  let api: FakeApiServer;

  beforeEach(async () => {
    api = await openFakeApiServer((request, response) => {
      if (!request.endsWith('/services/orders')) {
        answer(response, { message: 'services "nobody" not found', reason: 'NotFound' }, 404);
        return;
      }
      const ports = [{ name: 'http', port: 80, targetPort: 'web' }];
      answer(response, {
        metadata: { name: 'orders' },
        spec: { clusterIP: '10.96.3.4', selector: { app: 'orders' }, ports },
      });
    });
  });
  afterEach(async () => {
    await api.close();
  });

  const resolve = async (
    config: Partial<ClusterConfig>,
    { used = ['orders'], isOwnPod = false }: { used?: readonly string[]; isOwnPod?: boolean } = {},
  ) => {
    const full: ClusterConfig = {
      namespace: 'shop',
      guards: { maxPercent: 100, minHealthy: 1 },
      services: { orders: { service: 'orders', port: 80 } },
      ...config,
    };
    return (await resolveServices({ ...api.client, isOwnPod }, full, used, SOON()))[0]!;
  };

  const urlOf = (resolved: Awaited<ReturnType<typeof resolve>>) =>
    resolved.status === 'to-forward' ? 'forward' : resolved.service.url;

  it('takes a url that is given, and asks for nothing', async () => {
    expect(urlOf(await resolve({ services: { orders: { url: 'https://shop.example.com' } } }))).to.equal(
      'https://shop.example.com',
    );
    expect(api.requests).to.deep.equal([]);
  });

  it('goes by name in a pod of the cluster, and by a port-forward anywhere else', async () => {
    expect(urlOf(await resolve({}, { isOwnPod: true }))).to.equal('http://orders.shop.svc:80');
    expect(await resolve({})).to.deep.equal({
      status: 'to-forward',
      name: 'orders',
      of: { namespace: 'shop', service: 'orders', portName: 'http' },
      labels: { app: 'orders' },
    });
  });

  it('goes the way that the environment says', async () => {
    expect(urlOf(await resolve({ reach: 'dns' }))).to.equal('http://orders.shop.svc:80');
    expect(urlOf(await resolve({ reach: 'address' }))).to.equal('http://10.96.3.4:80');
    expect(urlOf(await resolve({ reach: 'forward' }, { isOwnPod: true }))).to.equal('forward');
  });

  it('forwards nothing that the load does not name', async () => {
    expect(urlOf(await resolve({}, { used: [] }))).to.equal('http://orders.shop.svc:80');
  });

  it('finds out that a Service or its port is not there, and which ports are', async () => {
    const missing = await resolve({ services: { orders: { service: 'nobody', port: 80 } } });
    expect(missing).to.have.property('status', 'unknown');
    const resolved = await resolve({ services: { orders: { service: 'orders', port: 8080 } } });
    if (resolved.status !== 'unknown') throw new Error('it was found');
    expect(resolved.finding).to.deep.include({
      message: 'service "orders" (shop/orders): it has no port 8080',
      remedy: 'Name a port that it has: 80.',
    });
  });
});
