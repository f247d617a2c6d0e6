import { expect } from 'chai';
import { trackChaos } from '../../../../src/chaos/chaos-mesh/chaos-tracker.js';
import { dropFinalizers } from '../../../../src/chaos/chaos-mesh/drop-finalizers.js';
import { recoverFault } from '../../../../src/chaos/chaos-mesh/recover-fault.js';
import { aChaosObject, aRecord } from '../../../support/a-chaos-object.js';
import { answer, openFakeApiServer, stream } from '../../../support/fake-api-server.js';
import { realClock } from '../../../support/real-clock.js';

const logger = { debug: () => undefined, warn: () => undefined };
const RESOURCE = { group: 'chaos-mesh.org', version: 'v1alpha1', plural: 'networkchaos' };
const MANIFEST = {
  apiVersion: 'chaos-mesh.org/v1alpha1',
  kind: 'NetworkChaos',
  metadata: { name: 'delay', namespace: 'shop' },
  spec: {},
};

/** A clock that waits no longer than it must: what is under test waits for seconds. */
const hastyClock = {
  ...realClock,
  sleep: async (_: number, signal: AbortSignal) => {
    await realClock.sleep(5, signal);
  },
};

describe('the way out of a fault that hangs on its finalizer', () => {
  it('changes the metadata of objects, and nothing else: a whole object would take their status back', async () => {
    const stuck = aChaosObject({ AllInjected: true }, [aRecord('Injected/Wait', 1, 0, 'no daemon')], {
      deleting: true,
    });
    const writes: { request: string; body: unknown }[] = [];
    const server = await openFakeApiServer((request, response) => {
      if (!request.startsWith('GET')) writes.push({ request, body: JSON.parse(server.last.body || '{}') });
      if (request.includes('watch=true')) stream(response);
      else if (request.includes('podnetworkchaos')) answer(response, { metadata: {}, items: [] });
      else answer(response, stuck);
    });
    try {
      const { client } = server;
      const tracker = trackChaos({ client, resource: RESOURCE, created: stuck, clock: hastyClock, logger });
      const access = { client, clock: hastyClock, recoverDeadlineMs: 300 };
      expect(await recoverFault(access, MANIFEST, tracker)).to.include({ status: 'unconfirmed' });
      const config = { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 1 }, services: {} };
      const dropped = await dropFinalizers({ ...access, config }, MANIFEST, tracker);
      expect(dropped.detail).to.match(/^took its finalizer off; the fault may still be in shop\/orders-1/);
      await tracker.stop();
    } finally {
      await server.close();
    }
    const [deletion, ...patches] = writes;
    expect(deletion?.request).to.match(/^DELETE /);
    expect(patches.length).to.be.greaterThan(1);
    for (const { request, body } of patches) {
      expect(request).to.match(/^PATCH /);
      expect(Object.keys(body as object)).to.deep.equal(['metadata']);
    }
  });

  it('goes by force into no namespace that the environment does not allow', async () => {
    const stuck = aChaosObject(
      { AllInjected: true },
      [
        aRecord('Injected', 1, 0, undefined, 'bank/vault-1'),
        aRecord('Injected', 1, 0, undefined, 'shop/orders-1'),
      ],
      { deleting: true },
    );
    const rules = (namespace: string, name: string) => ({
      metadata: { namespace, name },
      spec: { tcs: [{ source: 'shop/delay' }] },
    });
    const server = await openFakeApiServer((request, response) => {
      if (request.includes('watch=true')) stream(response);
      else if (/GET .*bank\/podnetworkchaos/.test(request))
        answer(response, { metadata: {}, items: [rules('bank', 'vault-1')] });
      else if (/GET .*shop\/podnetworkchaos/.test(request))
        answer(response, { metadata: {}, items: [rules('shop', 'orders-1')] });
      else answer(response, stuck);
    });
    try {
      const { client } = server;
      const tracker = trackChaos({ client, resource: RESOURCE, created: stuck, clock: hastyClock, logger });
      const config = { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 1 }, services: {} };
      const { detail } = await dropFinalizers({ client, clock: hastyClock, config }, MANIFEST, tracker);
      await tracker.stop();
      expect(detail).to.include('deleted podnetworkchaos shop/orders-1').and.include('bank/vault-1');
    } finally {
      await server.close();
    }
    expect(server.requests.filter((request) => request.includes('/namespaces/bank/'))).to.deep.equal([]);
  });
});
