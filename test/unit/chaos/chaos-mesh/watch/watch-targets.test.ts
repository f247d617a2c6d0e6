import type http from 'node:http';
import { expect } from 'chai';
import { watchTargets, type TargetWatch } from '../../../../../src/chaos/chaos-mesh/watch/watch-targets.js';
import {
  answer,
  openFakeApiServer,
  stream,
  type FakeApiServer,
} from '../../../../support/fake-api-server.js';
import { aPlannedFault } from '../../../../support/a-plan.js';
import { realClock } from '../../../../support/real-clock.js';
import { waitUntil } from '../../../../support/wait-until.js';

const SOON = () => AbortSignal.timeout(20_000);

function aPodObject(name: string, ready = 'True', version = '7') {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      resourceVersion: version,
      labels: { app: 'orders' },
    },
    spec: { nodeName: 'n1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
  };
}

function aNodeObject(conditions: readonly object[] = []) {
  return {
    metadata: { name: 'n1', resourceVersion: '8' },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }, ...conditions] },
  };
}

describe('watchTargets', () => {
  let api: FakeApiServer;
  let watch: TargetWatch;
  let told: string[];
  let watches: Map<string, http.ServerResponse>;

  const open = async (isRefused: (request: string) => boolean = () => false): Promise<void> => {
    told = [];
    watches = new Map();
    api = await openFakeApiServer((request, response) => {
      const what = /\/(pods|events|nodes)\?/.exec(request)?.[1] ?? '';
      if (isRefused(request)) answer(response, { message: `no right to ${what}`, reason: 'Forbidden' }, 403);
      else if (request.includes('watch=true')) {
        watches.set(what, response);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
      } else {
        const items = what === 'pods' ? [aPodObject('a')] : [];
        answer(response, { items, metadata: { resourceVersion: '7' } });
      }
    });
    watch = watchTargets({
      client: api.client,
      clock: realClock,
      logger: { debug: () => undefined, warn: () => undefined },
      config: { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 1 }, services: {} },
      onEvent: ({ kind, message }) => told.push(`${kind}: ${message}`),
    });
  };

  const until = async (event: string): Promise<void> => {
    await waitUntil(event, () => told.includes(event));
  };

  afterEach(async () => {
    await watch.stop();
    await api.close();
  });

  it('tells of the pods, of their nodes and of what Kubernetes says of them, and of nothing that was there before', async () => {
    await open();
    await watch.follow(aPlannedFault(), SOON());
    await waitUntil('all is watched', () => watches.size === 3);
    stream(watches.get('nodes')!, { type: 'ADDED', object: aNodeObject() });
    const other = { ...aNodeObject([{ type: 'DiskPressure', status: 'True' }]), metadata: { name: 'n2' } };
    stream(watches.get('nodes')!, { type: 'ADDED', object: other });
    stream(watches.get('nodes')!, {
      type: 'MODIFIED',
      object: aNodeObject([{ type: 'MemoryPressure', status: 'True' }]),
    });
    await until('node-trouble: node n1 has MemoryPressure');
    stream(watches.get('pods')!, { type: 'MODIFIED', object: aPodObject('a', 'False', '9') });
    await until('pod-not-ready: shop/a is not ready');
    stream(watches.get('events')!, {
      type: 'ADDED',
      object: {
        metadata: { name: 'e', uid: 'e', resourceVersion: '9' },
        involvedObject: { kind: 'Pod', name: 'a', uid: 'uid-a' },
        type: 'Warning',
        reason: 'Unhealthy',
        message: 'Readiness probe failed',
      },
    });
    await until('pod-event: shop/a: Unhealthy: Readiness probe failed');
    expect(told).to.have.length(3);
  });

  it('says once what it may not see, and goes on without', async () => {
    await open((request) => /\/(events|nodes)\?/.test(request));
    const pods = await watch.follow(aPlannedFault(), SOON());
    await waitUntil('both are told', () => told.length === 2);
    expect([...told].sort()).to.deep.equal([
      'not-watched: what Kubernetes says of the targets is not in this timeline: no right to events',
      'not-watched: what becomes of the nodes is not in this timeline: no right to nodes',
    ]);
    expect(pods.pods().map(({ id }) => id)).to.deep.equal(['shop/a']);
    expect(api.requests.filter((request) => /\/(events|nodes)\?/.test(request))).to.have.length(2);
  });

  it('watches what several faults mean once', async () => {
    await open();
    const first = await watch.follow(aPlannedFault(), SOON());
    expect(await watch.follow(aPlannedFault({ name: 'again' }), SOON())).to.equal(first);
    await waitUntil('all is watched', () => watches.size === 3);
    expect(
      api.requests.filter((request) => request.includes('/pods?') && !request.includes('watch')),
    ).to.have.length(1);
  });

  it('says that a new pod lacks the fault as long as others carry it', async () => {
    await open();
    const pods = await watch.follow(aPlannedFault(), SOON());
    const over = watch.carry(pods.pods());
    await waitUntil('the pods are watched', () => watches.has('pods'));
    stream(watches.get('pods')!, { type: 'ADDED', object: aPodObject('b', 'True', '9') });
    await until('pod-ready: shop/b is ready, and does not carry the fault');
    over();
    stream(watches.get('pods')!, { type: 'ADDED', object: aPodObject('c', 'True', '10') });
    await until('pod-ready: shop/c is ready');
  });
});
