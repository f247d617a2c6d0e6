import { expect } from 'chai';
import type { ProxyReplica } from '../../../../../src/chaos/local/proxy/proxy-handle.js';
import { createReplicaRoster } from '../../../../../src/chaos/local/services/replica-roster.js';
import { PlimsollError } from '../../../../../src/shared/errors.js';

function aReplica(id: string, instance = 1): ProxyReplica {
  return { id, uid: `${id}#${instance}`, host: '127.0.0.1', port: 20_000, ready: true };
}

describe('the roster of replicas', () => {
  it('tells the proxy all replicas of a service at each change, in order', async () => {
    const told: string[] = [];
    const roster = createReplicaRoster(
      {
        setReplicas: (service, replicas) => {
          told.push(`${service}: ${replicas.map(({ uid }) => uid).join(' ')}`);
          return Promise.resolve();
        },
      },
      { debug: () => undefined, warn: () => undefined },
    );
    await Promise.all([
      roster.put('orders', aReplica('orders-1')),
      roster.put('orders', aReplica('orders-2')),
      roster.put('shop', aReplica('shop')),
      roster.put('orders', aReplica('orders-1', 2)),
      roster.drop('orders', 'orders-2'),
    ]);
    expect(told).to.deep.equal([
      'orders: orders-1#1',
      'orders: orders-1#1 orders-2#1',
      'shop: shop#1',
      'orders: orders-1#2 orders-2#1',
      'orders: orders-1#2',
    ]);
  });

  it('goes on, with a warning, when the proxy is gone', async () => {
    const warnings: string[] = [];
    const roster = createReplicaRoster(
      { setReplicas: () => Promise.reject(new PlimsollError('NOT_READY', 'the proxy is gone')) },
      { debug: () => undefined, warn: (message) => warnings.push(message) },
    );
    await roster.put('orders', aReplica('orders-1'));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('the proxy is gone');
  });
});
