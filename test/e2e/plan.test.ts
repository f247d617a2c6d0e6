import { expect } from 'chai';
import { createClusterClient } from '../../src/chaos/chaos-mesh/create-cluster-client.js';
import { examineCluster } from '../../src/chaos/chaos-mesh/examine/examine-cluster.js';
import { realClock } from '../support/real-clock.js';
import {
  aFault,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { kubeconfig, kubectl, kubectlApply } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(30_000);
const TENANT = 'tenant-of-the-doctor';

describe('a plan and the doctor on a real cluster', () => {
  before(async () => {
    await openShop('orders', 3);
    await kubectlApply({
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
      metadata: { name: 'orders', namespace: SHOP },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'orders' } } },
    });
    await kubectl(
      '-n',
      SHOP,
      'wait',
      'pdb/orders',
      '--for=jsonpath={.status.disruptionsAllowed}=1',
      '--timeout=60s',
    );
  });
  after(async () => {
    await closeShop();
  });
  afterEach(stopEnvironments);

  it('name of each target its node, its Deployment, who serves beside it, and its budget', async () => {
    const { environment, runId } = await openEnvironment();
    const kill = aFault(runId, 'PodChaos', { action: 'pod-kill', mode: 'fixed', value: '2' });
    const found = await environment.injector.preflight(kill, SOON());
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal(['warning over-budget']);
    const targets = await environment.injector.select(kill, SOON());
    expect(targets).to.have.length(2);
    for (const target of targets) {
      const [namespace = '', name = ''] = target.id.split('/');
      const node = await kubectl('-n', namespace, 'get', 'pod', name, '-o', 'jsonpath={.spec.nodeName}');
      expect(target).to.deep.include({
        ...{ node, owner: 'Deployment/orders', ready: true },
        behind: [{ service: `${SHOP}/orders`, ready: 3 }],
        budgets: [{ id: `${SHOP}/orders`, limit: 'minAvailable: 2', allowed: 1 }],
      });
    }
  });

  it('find a cluster ready, and then what a run has put in there', async () => {
    expect((await examined()).filter(({ status }) => status === 'problem')).to.deep.equal([]);
    const { environment, runId } = await openEnvironment();
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    const there = await examined();
    expect(there.find(({ name }) => name === 'lease')?.detail).to.include(
      `run ${runId} is putting faults into`,
    );
    expect(there.find(({ name }) => name === 'faults')?.detail).to.include('which goes on');
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
    expect((await examined()).filter(({ status }) => status === 'problem')).to.deep.equal([]);
  });

  it('show of a tenant just the rights that it has', async () => {
    const metadata = { name: TENANT, namespace: SHOP };
    const group = 'rbac.authorization.k8s.io';
    const networkChaos = { apiGroups: ['chaos-mesh.org'], resources: ['networkchaos'] };
    await kubectlApply({
      ...{ apiVersion: `${group}/v1`, kind: 'Role', metadata },
      rules: [
        { ...networkChaos, verbs: ['create', 'get', 'list', 'watch', 'delete'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      ],
    });
    await kubectlApply({
      ...{ apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata },
      roleRef: { apiGroup: group, kind: 'Role', name: TENANT },
      subjects: [{ apiGroup: group, kind: 'User', name: TENANT }],
    });
    const { checks, rights } = await examine({ user: TENANT, groups: [] });
    expect(checks.find(({ name }) => name === 'identity')?.detail).to.include(TENANT);
    const ofRights = checks.filter(({ name }) => name === `rights in ${SHOP}`);
    expect(ofRights[0]?.detail).to.match(/^faults of 1 of \d+ kinds$/);
    expect(ofRights.find(({ status }) => status === 'problem')?.detail).to.equal('no right to watch pods');
    const rows = new Map(rights[0]?.rows.map(({ resource, granted }) => [resource, granted]));
    expect(rows.get('pods')).to.deep.equal({ list: true, watch: false });
    expect(rows.get('networkchaos.chaos-mesh.org')).to.include({ create: true, patch: false, delete: true });
    expect(rows.get('podchaos.chaos-mesh.org')).to.include({ create: false, delete: false });
  });
});

async function examined() {
  return (await examine()).checks;
}

async function examine(impersonate?: { readonly user: string; readonly groups: readonly string[] }) {
  const config = {
    ...{ kubeconfig, impersonate, namespace: SHOP, services: {} },
    guards: { maxPercent: 100, minHealthy: 1 },
  };
  const client = await createClusterClient(config, '/');
  return await examineCluster({ client, config, clock: realClock, environment: 'e2e', living: [] }, SOON());
}
