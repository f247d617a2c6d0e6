import { expect } from 'chai';
import { openApiProxy, type ApiProxy } from './api-proxy.js';
import { kubectl } from './kubectl.js';
import { closeShop, openShop, SHOP } from './shop.js';

/**
 * A shop for the tests of the surrounding `describe`, and for each of them a proxy in front of the API server. Nothing of a
 * fault may be left after each; what it takes for that, an `afterEach` before this does.
 */
export function aProxiedShop(): { readonly proxy: ApiProxy } {
  let proxy: ApiProxy | undefined;
  before(async () => {
    await openShop('orders', 2);
  });
  after(async () => {
    await closeShop();
  });
  beforeEach(async () => {
    proxy = await openApiProxy();
  });
  afterEach(async () => {
    await proxy?.close();
    expect(await kubectl('-n', SHOP, 'get', 'networkchaos', '-o', 'name'), 'left behind').to.equal('');
  });
  return {
    get proxy() {
      if (proxy === undefined) throw new Error('the proxy is there in a test alone');
      return proxy;
    },
  };
}
