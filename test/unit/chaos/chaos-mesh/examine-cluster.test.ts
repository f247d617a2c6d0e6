import { expect } from 'chai';
import { examineCluster } from '../../../../src/chaos/chaos-mesh/examine/examine-cluster.js';
import type { KubeObject } from '../../../../src/shared/kubernetes/kube-client.js';
import { aChaosObject, aRecord } from '../../../support/a-chaos-object.js';
import {
  aChaosMeshPod,
  aDefinition,
  serveCluster,
  type ServedClusterOptions,
} from '../../../support/serve-cluster.js';
import { realClock } from '../../../support/real-clock.js';

const NODES = [{ metadata: { name: 'node-a' } }, { metadata: { name: 'node-b' } }];
const HEALTHY = {
  pods: [
    aChaosMeshPod('controller-manager'),
    aChaosMeshPod('chaos-daemon'),
    aChaosMeshPod('chaos-daemon', { node: 'node-b' }),
  ],
  nodes: NODES,
  customresourcedefinitions: [
    aDefinition('networkchaos', 'v0.20.1', '2.8.3'),
    aDefinition('podchaos', 'v0.20.1', '2.8.3'),
  ],
};

async function examine(options: ServedClusterOptions = {}, living: readonly string[] = []) {
  const server = await serveCluster({ objects: HEALTHY, ...options });
  try {
    const { checks, rights } = await examineCluster(
      {
        client: server.client,
        config: { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 1 }, services: {} },
        clock: realClock,
        environment: 'staging',
        living,
      },
      new AbortController().signal,
    );
    const lines = checks.map(({ name, status, detail }) => `${status} ${name}: ${detail}`);
    return { checks, rights, lines, text: lines.join('\n') };
  } finally {
    await server.close();
  }
}

describe('the doctor of a cluster', () => {
  it('tells all parts of one that is well', async () => {
    const { lines, checks, rights } = await examine();
    expect(
      checks.every(({ status }) => status === 'ok'),
      lines.join('\n'),
    ).to.equal(true);
    const text = lines.join('\n');
    expect(text).to.include('ok API server: v1.34.4 at http://127.0.0.1:');
    expect(text).to.include('ok identity: jane (sre)');
    expect(text).to.include('ok CRDs: 2 of 2.8.3 (made by controller-gen v0.20.1): networkchaos, podchaos');
    expect(text).to.include('ok daemons: 2 of 2 ready in chaos-mesh, 2.8.3, on node-a, node-b');
    expect(text).to.include('ok versions: CRDs and controller are of one release');
    expect(text).to.include('ok lease: shop is free');
    expect(rights.map(({ namespace }) => namespace)).to.deep.equal(['shop']);
    expect(
      rights[0]?.rows.find(({ resource }) => resource === 'podchaos.chaos-mesh.org')?.granted,
    ).to.deep.equal({
      ...{ create: true, get: true, list: true, watch: true, patch: true, delete: true },
    });
  });

  it('says so, and no more, where the API server cannot be reached', async () => {
    const server = await serveCluster();
    await server.close();
    const { checks, rights } = await examineCluster(
      {
        client: server.client,
        config: { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 1 }, services: {} },
        clock: realClock,
        environment: 'staging',
        living: [],
      },
      new AbortController().signal,
    );
    expect(checks.map(({ name, status }) => `${status} ${name}`)).to.deep.equal(['problem API server']);
    expect(checks[0]?.remedy).to.include('network');
    expect(rights).to.deep.equal([]);
  });

  it('finds that there is no Chaos Mesh', async () => {
    const { text } = await examine({ kinds: [] });
    expect(text).to.include('problem Chaos Mesh: the cluster http://127.0.0.1:');
  });

  it('finds a controller that is away, and each node without a daemon', async () => {
    const pods = [
      aChaosMeshPod('chaos-daemon'),
      aChaosMeshPod('chaos-daemon', { node: 'node-b', ready: false }),
    ];
    const { text } = await examine({ objects: { ...HEALTHY, pods } });
    expect(text).to.include('problem controller: no controller of Chaos Mesh is ready');
    expect(text).to.include('missing daemons: none is ready on node node-b');
    const none = await examine({ objects: { ...HEALTHY, pods: [] } });
    expect(none.text).to.include('problem daemons: none is ready');
  });

  it('says what it does not know as unknown', async () => {
    const customresourcedefinitions = [aDefinition('networkchaos', 'v0.20.1')];
    const { text } = await examine({ objects: { ...HEALTHY, customresourcedefinitions } });
    expect(text).to.include(
      'missing versions: whether CRDs and controller belong together is unknown: the CRDs',
    );
    const hidden = await examine({
      forbid: (line) => /nodes|customresourcedefinitions|selfsubjectreviews/.test(line),
    });
    expect(hidden.text).to.include('missing CRDs: their versions cannot be seen');
    expect(hidden.text).to.include('whether these are all nodes cannot be seen');
    expect(hidden.text).to.include('missing identity');
  });

  it('finds rights that every run needs, and those that only some do', async () => {
    const rule = {
      verbs: ['*'],
      apiGroups: ['*'],
      resources: ['services', 'pods', 'networkchaos', 'podnetworkchaos'],
    };
    const some = await examine({ rules: [rule] });
    expect(some.text).to.include('ok rights in shop: faults of 1 of 5 kinds');
    expect(some.text).to.include(
      'missing rights in shop: no right to create, get, patch, delete leases.coordination.k8s.io',
    );
    expect(some.text).to.include('missing faults: those of 4 of 5 kinds cannot be seen in shop');
    expect(some.text).not.to.include('ok faults');
    const none = await examine({ rules: [] });
    expect(none.text).to.include('problem rights in shop: faults of no kind');
    expect(none.text).to.include('problem rights in shop: no right to list, watch pods');
  });

  it('tells whose faults are there: of a living run, of a dead one, of somebody else', async () => {
    const ours = fault('orders-delay-1', {
      'app.kubernetes.io/managed-by': 'plimsoll',
      'plimsoll.dev/run': 'run-7',
    });
    const objects = { ...HEALTHY, networkchaos: [ours, fault('by-hand'), fault('far', {}, 'elsewhere')] };
    const orphaned = await examine({ objects });
    expect(orphaned.text).to.match(
      /problem faults: NetworkChaos shop\/orders-delay-1 .* was left by run run-7/,
    );
    expect(orphaned.checks.find(({ name }) => name === 'faults')?.remedy).to.equal(
      'plimsoll sweep --environment staging --orphans',
    );
    expect(orphaned.text).to.match(
      /missing faults: NetworkChaos shop\/by-hand .* is injected; it is of somebody else/,
    );
    expect(orphaned.text).not.to.include('elsewhere');
    const living = await examine({ objects }, ['run-7']);
    expect(living.text).to.match(/ok faults: NetworkChaos shop\/orders-delay-1 .* which goes on/);
  });

  it('finds the run that holds the lease of a namespace', async () => {
    const renewTime = new Date(realClock.wallMs()).toISOString();
    const lease: KubeObject = {
      metadata: { name: 'plimsoll', namespace: 'shop' },
      spec: { holderIdentity: 'run-9', renewTime, leaseDurationSeconds: 90 },
    };
    const { text } = await examine({ objects: { ...HEALTHY, leases: [lease] } });
    expect(text).to.include('problem lease: run run-9 is putting faults into shop just now');
  });

  it('finds pods that still carry the rules of a fault that is gone', async () => {
    const rules: KubeObject = {
      metadata: { name: 'orders-1', namespace: 'shop' },
      spec: { tcs: [{ source: 'shop/long-gone' }] },
    };
    const poisoned = await examine({ objects: { ...HEALTHY, podnetworkchaos: [rules] } });
    expect(poisoned.text).to.match(
      /problem leftovers: shop\/orders-1 may still carry .* rules of shop\/long-gone/,
    );
    const held = { ...HEALTHY, podnetworkchaos: [rules], networkchaos: [fault('long-gone')] };
    expect((await examine({ objects: held })).text).not.to.include('leftovers');
  });
});

/** A NetworkChaos that is in. */
function fault(name: string, labels: Record<string, string> = {}, namespace = 'shop'): KubeObject {
  const object = aChaosObject({ AllInjected: true }, [aRecord('Injected', 1, 0)]);
  return { ...object, metadata: { ...object.metadata, name, namespace, labels } };
}
