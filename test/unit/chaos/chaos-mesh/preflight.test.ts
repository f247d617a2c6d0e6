import { expect } from 'chai';
import type { ClusterConfig } from '../../../../src/chaos/chaos-mesh/cluster-config.js';
import type { PlannedFault } from '../../../../src/chaos/fault-injector.js';
import type { KubeObject } from '../../../../src/shared/kubernetes/kube-client.js';
import { aClusterEnvironment, aClusterFault } from '../../../support/a-cluster-environment.js';
import type { FakeApiServer } from '../../../support/fake-api-server.js';
import {
  aChaosMeshPod,
  aDefinition,
  aPodObject,
  serveCluster,
  type ServedClusterOptions,
} from '../../../support/serve-cluster.js';

const { signal } = new AbortController();
const CHAOS_MESH = [aChaosMeshPod('controller-manager'), aChaosMeshPod('chaos-daemon')];
const ORDERS = ['orders-1', 'orders-2', 'orders-3'].map((name) => aPodObject(name));
const SERVICE: KubeObject = {
  metadata: { name: 'orders', namespace: 'shop' },
  spec: { selector: { app: 'orders' } },
};
const BUDGET: KubeObject = {
  metadata: { name: 'orders', namespace: 'shop', generation: 1 },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'orders' } } },
  status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2 },
};
const REPLICA_SET: KubeObject = {
  metadata: {
    ...{ name: 'orders-7d4f', namespace: 'shop' },
    ownerReferences: [{ kind: 'Deployment', name: 'orders', uid: 'u', controller: true }],
  },
};
const OBJECTS = {
  pods: [...CHAOS_MESH, ...ORDERS],
  services: [SERVICE],
  poddisruptionbudgets: [BUDGET],
  replicasets: [REPLICA_SET],
};

describe('the preflight of a fault on a cluster', () => {
  let server: FakeApiServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function open(
    options: ServedClusterOptions = {},
    config: Partial<ClusterConfig> = {},
    ownPod?: string,
  ) {
    server = await serveCluster({ objects: OBJECTS, ...options });
    return await aClusterEnvironment(server.kubeconfig, config, ownPod);
  }

  async function findings(fault: PlannedFault, ...how: Parameters<typeof open>) {
    const { injector } = await open(...how);
    const found = await injector.preflight(fault, signal);
    await server?.close();
    server = undefined;
    return found.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
  }

  it('tells of each target where it is, who owns it, who serves beside it, and what budgets say', async () => {
    const { injector } = await open();
    const fault = aClusterFault({ mode: 'one' });
    expect(await injector.preflight(fault, signal)).to.deep.equal([]);
    const [target, ...others] = await injector.select(fault, signal);
    expect(others).to.deep.equal([]);
    expect(target).to.deep.include({
      ...{ node: 'node-a', owner: 'Deployment/orders', ready: true },
      behind: [{ service: 'shop/orders', ready: 3 }],
      budgets: [{ id: 'shop/orders', limit: 'minAvailable: 2', allowed: 1 }],
    });
  });

  it('lists the pods of a Service once, where the fault selects all of them', async () => {
    const { injector } = await open();
    const fault = aClusterFault();
    await injector.preflight(fault, signal);
    await injector.select(fault, signal);
    const lists = server?.requests.filter((line) => line.includes('/namespaces/shop/pods'));
    expect(lists).to.have.length(1);
  });

  it('lists the pods of a Service by themselves, where the fault may miss some', async () => {
    const { injector } = await open({
      objects: {
        ...OBJECTS,
        pods: [...OBJECTS.pods, aPodObject('canary', { labels: { app: 'orders', tier: 'b' } })],
      },
    });
    const fault = aClusterFault({ selector: { labelSelectors: { app: 'orders', tier: 'b' } } });
    const [target] = await injector.select(fault, signal);
    expect(target).to.deep.include({ id: 'shop/canary', behind: [{ service: 'shop/orders', ready: 4 }] });
  });

  it('names the ReplicaSet where it may not be seen, and says that it does not know the Services', async () => {
    const { injector } = await open({ forbid: (line) => /replicasets|\/services/.test(line) });
    const [target] = await injector.select(aClusterFault({ mode: 'one' }), signal);
    expect(target).to.include({ owner: 'ReplicaSet/orders-7d4f' }).and.not.to.have.property('behind');
  });

  it('asks for a healthy pod left, unless the environment wants none', async () => {
    const kill = aClusterFault({}, 'PodChaos');
    expect((await findings(kill)).join()).to.include('stop no-healthy-replica: 0 of 3 ready pods');
    const without = await findings(kill, {}, { guards: { maxPercent: 100, minHealthy: 0 } });
    expect(without.join()).not.to.include('no-healthy-replica');
    expect(without.join()).to.include(
      'warning over-budget: PodDisruptionBudget shop/orders (minAvailable: 2)',
    );
  });

  it('says where a guard cannot be checked', async () => {
    const forbid = (line: string) => line.includes('/services');
    const guards = { maxPercent: 50, minHealthy: 1 };
    expect((await findings(aClusterFault(), { forbid }, { guards })).join()).to.include(
      'warning guard-not-checked',
    );
    const kill = await findings(
      aClusterFault({}, 'PodChaos'),
      { forbid, rules: allBut('services') },
      { guards },
    );
    expect(kill.join()).to.match(
      /warning missing-right: no right to list services .* whether a healthy pod is left/,
    );
  });

  it('finds the nodes of the targets without a daemon, for faults that need one', async () => {
    const pods = [...CHAOS_MESH, ...ORDERS, aPodObject('orders-4', { node: 'node-b' })];
    const objects = { ...OBJECTS, pods };
    const [found, ...others] = await findings(aClusterFault(), { objects });
    expect(others).to.deep.equal([]);
    expect(found).to.include(
      'stop daemon-away: no daemon of Chaos Mesh is ready on node node-b, where shop/orders-4',
    );
    const failure = aClusterFault({ action: 'pod-failure', mode: 'fixed', value: '2' }, 'PodChaos');
    expect((await findings(failure, { objects })).join()).not.to.include('daemon-away');
  });

  it('hits neither its own pods, nor those that make its load, nor Chaos Mesh', async () => {
    const own = 'stop own-pod';
    expect((await findings(aClusterFault(), {}, {}, 'shop/orders-2')).join()).to.include(own);
    for (const [label, value] of [
      ['app.kubernetes.io/managed-by', 'plimsoll'],
      ['plimsoll.dev/run', 'run-1'],
      ['app.kubernetes.io/name', 'chaos-mesh'],
    ] as const) {
      const labels = { app: 'orders', [label]: value };
      const objects = { ...OBJECTS, pods: [...CHAOS_MESH, aPodObject('orders-1', { labels })] };
      expect((await findings(aClusterFault(), { objects })).join(), label).to.include(own);
    }
  });

  it('asks for all rights at once, and one by one where an authorizer does not tell its rules', async () => {
    const { injector } = await open();
    await injector.preflight(aClusterFault(), signal);
    expect(reviews()).to.deep.equal(['selfsubjectrulesreviews']);
    await server?.close();
    const opaque = await open({ rules: [], incomplete: true });
    expect(await opaque.injector.preflight(aClusterFault(), signal)).to.deep.equal([]);
    expect(new Set(reviews())).to.deep.equal(
      new Set(['selfsubjectrulesreviews', 'selfsubjectaccessreviews']),
    );
  });

  it('takes a rule for what it says: a name, a group or a verb less is no right', async () => {
    const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    for (const rule of [
      { ...all, resourceNames: ['one'] },
      { ...all, apiGroups: ['apps'] },
      { ...all, verbs: ['get'] },
      { ...all, resources: ['podchaos'] },
    ]) {
      const found = await findings(aClusterFault(), { rules: [rule] });
      expect(found.join(), JSON.stringify(rule)).to.match(
        /stop missing-right: no right to .*create.* networkchaos/,
      );
    }
  });

  function reviews() {
    return (server?.requests ?? []).flatMap((line) => /selfsubject\w+/.exec(line) ?? []);
  }
});

describe('the preflight of a cluster', () => {
  async function found(options: ServedClusterOptions) {
    const server = await serveCluster(options);
    try {
      const environment = await aClusterEnvironment(server.kubeconfig);
      return (await environment.preflight(signal)).map(
        ({ severity, code, message }) => `${severity} ${code}: ${message}`,
      );
    } finally {
      await server.close();
    }
  }
  const crds = (version: string) => [aDefinition('networkchaos', 'v0.20.1', version)];

  it('has nothing to say of one whose parts belong together, or tell no version', async () => {
    const objects = { pods: CHAOS_MESH, customresourcedefinitions: crds('2.8.3') };
    expect(await found({ objects })).to.deep.equal([]);
    expect(await found({ objects: { pods: CHAOS_MESH } })).to.deep.equal([]);
    const forbid = (line: string) => line.includes('customresourcedefinitions');
    expect(await found({ objects, forbid })).to.deep.equal([]);
  });

  it('stops at CRDs of another release than the controller, and warns of another patch', async () => {
    const [stop] = await found({ objects: { pods: CHAOS_MESH, customresourcedefinitions: crds('2.6.1') } });
    expect(stop).to.include(
      'stop version-mismatch: the CRDs of Chaos Mesh are 2.6.1, its controller is 2.8.3',
    );
    const [warning] = await found({
      objects: { pods: CHAOS_MESH, customresourcedefinitions: crds('2.8.0') },
    });
    expect(warning).to.include('warning version-mismatch');
  });

  it('warns of daemons of another release, and of CRDs that come from several', async () => {
    const pods = [aChaosMeshPod('controller-manager'), aChaosMeshPod('chaos-daemon', { version: 'v2.7.2' })];
    const customresourcedefinitions = [aDefinition('podchaos', 'v0.8.0'), aDefinition('iochaos', 'v0.20.1')];
    const warnings = await found({ objects: { pods, customresourcedefinitions } });
    expect(warnings).to.have.length(2);
    expect(warnings[0]).to.include('warning version-mismatch: the chaos-daemon of Chaos Mesh are 2.7.2');
    expect(warnings[1]).to.include(
      'controller-gen v0.8.0 made podchaos; controller-gen v0.20.1 made iochaos',
    );
  });

  it('finds a controller that is away wherever Chaos Mesh was put, and looks where it may', async () => {
    const away = await found({ objects: { pods: [aChaosMeshPod('controller-manager', { ready: false })] } });
    expect(away.map((line) => line.split(':')[0])).to.deep.equal([
      'stop controller-away',
      'warning daemon-away',
    ]);
    const elsewhere = CHAOS_MESH.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, namespace: 'resilience' },
    }));
    expect(await found({ objects: { pods: elsewhere } })).to.deep.equal([]);
    const forbid = (line: string) => line.startsWith('GET /api/v1/pods');
    expect(await found({ objects: { pods: CHAOS_MESH }, forbid })).to.deep.equal([]);
    const blind = await found({ objects: {}, forbid: (line) => line.includes('/pods') });
    expect(blind.join()).to.include('warning cannot-see-chaos-mesh');
  });
});

/** Rules that allow everything but one resource. */
function allBut(resource: string) {
  const resources = ['pods', 'services', 'leases', 'networkchaos', 'podchaos', 'podnetworkchaos'];
  return [{ verbs: ['*'], apiGroups: ['*'], resources: resources.filter((each) => each !== resource) }];
}
