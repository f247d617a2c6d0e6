import { expect } from 'chai';
import { buildRoles } from '../../src/chaos/chaos-mesh/build-role.js';
import type { ClusterConfig } from '../../src/chaos/chaos-mesh/cluster-config.js';
import {
  aFault,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { rejection } from './support/rejection.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(20_000);
const OTHER = `${SHOP}-other`;
const PRINTED = `${SHOP}-printed`;

/** All that a partition needs, by resource; each test takes something away. */
const ALL: Readonly<Record<string, readonly string[]>> = {
  'networkchaos.chaos-mesh.org': ['create', 'get', 'list', 'watch', 'delete', 'patch'],
  pods: ['list', 'watch'],
  'leases.coordination.k8s.io': ['get', 'create', 'patch', 'delete'],
  'podnetworkchaos.chaos-mesh.org': ['list'],
};

describe('what a tenant may do on a real cluster', () => {
  before(async () => {
    await openShop('orders', 2);
    await kubectlApply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OTHER } });
  });
  after(async () => {
    await closeShop();
    await kubectl('delete', 'namespace', OTHER, '--ignore-not-found', '--timeout=60s');
    await kubectl('delete', 'clusterrole,clusterrolebinding', `${PRINTED}-nodes`, '--ignore-not-found');
  });

  afterEach(stopEnvironments);

  it('is enough for a whole run with just the rights that preflight asks for', async () => {
    const { environment, runId } = await tenant('all', ALL);
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    expect(await environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    const { applied } = await inject(environment, fault);
    expect(await recovered(applied)).to.include('no leftovers');
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('is enough for a whole run with the printed role, and preflight has nothing to say', async () => {
    const user = 'tenant-of-the-printed-role';
    const { environment, runId } = await openEnvironment({ config: { impersonate: { user, groups: [] } } });
    const fault = aFault(runId, 'StressChaos', { stressors: { cpu: { workers: 1, load: 1 } } });
    const config = {
      namespace: SHOP,
      guards: { maxPercent: 100, minHealthy: 1 },
      services: {},
      reach: 'address' as const,
    };
    for (const object of buildRoles([fault], config, PRINTED, { kind: 'User', name: user })) {
      await kubectlApply(object);
    }
    expect(await environment.injector.preflight(fault, SOON())).to.deep.equal([]);
    const { applied } = await inject(environment, fault);
    expect(await recovered(applied)).to.match(/^2 of 2 targets recovered/);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('is found out verb by verb before anything is created', async () => {
    for (const [resource, verbs] of Object.entries(ALL)) {
      for (const verb of verbs) {
        const rest = { ...ALL, [resource]: verbs.filter((each) => each !== verb) };
        const { environment, runId } = await tenant('less', rest);
        const found = await environment.injector.preflight(aFault(runId, 'NetworkChaos', PARTITION), SOON());
        const missing = found.find(({ code }) => code === 'missing-right');
        expect(missing?.message, JSON.stringify(found)).to.include(
          `no right to ${verb} ${resource} in namespace ${SHOP}`,
        );
        expect(missing?.remedy).to.include(`--verb=${verb} --resource=${resource}`);
        const isOptional = /^(leases|podnetworkchaos)/.test(resource) || verb === 'patch';
        expect(missing?.severity).to.equal(isOptional ? 'warning' : 'stop');
        await environment.stop();
      }
    }
  });

  it('ends at the border of its namespace, by whatever path', async () => {
    const { environment, runId } = await tenant('all', ALL, {
      guards: { namespaces: [SHOP, OTHER], maxPercent: 100, minHealthy: 1 },
    });
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    const { manifest } = fault;
    const selector = { namespaces: [OTHER], labelSelectors: { app: 'orders' } };
    const paths = [
      { ...fault, manifest: { ...manifest, metadata: { ...manifest.metadata, namespace: OTHER } } },
      { ...fault, manifest: { ...manifest, spec: { ...manifest.spec, selector } } },
      {
        ...fault,
        manifest: { ...manifest, spec: { ...manifest.spec, selector: { pods: { [OTHER]: ['orders-1'] } } } },
      },
    ];
    for (const path of paths) {
      const found = await environment.injector.preflight(path, SOON());
      expect(
        found.filter(({ severity }) => severity === 'stop'),
        JSON.stringify(path),
      ).not.to.deep.equal([]);
      expect(await rejection(environment.injector.apply(path, SOON()))).to.be.instanceOf(Error);
    }
    await environment.stop();
  });

  it('does not include namespaces that the environment does not name, nor those of the cluster itself', async () => {
    const { environment, runId } = await openEnvironment({
      config: { guards: { namespaces: [SHOP, 'kube-system'], maxPercent: 100, minHealthy: 1 } },
    });
    for (const namespace of [OTHER, 'kube-system', 'chaos-mesh']) {
      const fault = aFault(runId, 'NetworkChaos', { ...PARTITION, selector: { namespaces: [namespace] } });
      const found = await environment.injector.preflight(fault, SOON());
      expect(found.map(({ code }) => code)).to.deep.equal(['namespace-not-allowed']);
    }
    await environment.stop();
  });

  it('stops at the guards of the environment', async () => {
    const guarded = async (
      guards: Partial<ClusterConfig['guards']>,
      spec: Record<string, unknown>,
      kind = 'NetworkChaos',
    ) => {
      const { environment, runId } = await openEnvironment({
        config: { guards: { maxPercent: 100, minHealthy: 1, ...guards } },
      });
      const found = await environment.injector.preflight(aFault(runId, kind, spec), SOON());
      await environment.stop();
      return found.map(({ code, message }) => `${code}: ${message}`).join();
    };
    expect(await guarded({ maxTargets: 1 }, PARTITION)).to.match(/blast-radius: 2 pods .* allows 1/);
    expect(await guarded({ maxPercent: 60 }, PARTITION)).to.match(
      /blast-radius: 2 of 2 pods behind Service \S+ .*100 %/,
    );
    expect(await guarded({ maxPercent: 60 }, { ...PARTITION, mode: 'one' })).to.equal('');
    const kill = { action: 'pod-kill' };
    expect(await guarded({}, kill, 'PodChaos')).to.match(/no-healthy-replica: 0 of 2 ready pods/);
    expect(await guarded({ minHealthy: 0 }, kill, 'PodChaos')).to.equal('');
  });
});

/** An environment as a user who may do just that in the shop, and nothing elsewhere. */
async function tenant(
  name: string,
  rights: Readonly<Record<string, readonly string[]>>,
  config: Partial<ClusterConfig> = {},
) {
  const rules = Object.entries(rights).flatMap(([resource, verbs]) => {
    const [plural = '', ...group] = resource.split('.');
    if (verbs.length === 0) return [];
    return { apiGroups: [group.join('.')], resources: [plural], verbs };
  });
  const metadata = { name: `tenant-${name}`, namespace: SHOP };
  await kubectlApply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules });
  await kubectlApply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: metadata.name }],
  });
  return await openEnvironment({ config: { impersonate: { user: metadata.name, groups: [] }, ...config } });
}
