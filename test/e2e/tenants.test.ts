import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { KubeConfig } from '@kubernetes/client-node';
import { removeProjects, type Project } from '../support/a-project.js';
import { aRunId } from './support/an-environment.js';
import { aGate, aShopFault, aShopProject, shopEnvironment } from './support/a-shop-project.js';
import { injectAndDie } from './support/inject-and-die.js';
import { kubeconfig, kubectl, kubectlApply } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const OTHER = `${SHOP}-other`;
const ACCOUNT = 'tenant';
const RUN = ['run', 'gate.yaml', '--generator', 'embedded', '-e'];
const PARTITION = { action: 'partition', direction: 'both', externalTargets: ['10.255.255.1/32'] };
const THERE = { namespaces: [OTHER], labelSelectors: { app: 'orders' } };

/** What a tenant of the shop might write to reach the other namespace. */
const WAYS: Readonly<Record<string, object>> = {
  'the namespace of the object': inNamespace(OTHER, aShopFault('cut', PARTITION)),
  'the namespaces of the selector': aShopFault('cut', { ...PARTITION, selector: THERE }),
  'one of two namespaces': aShopFault('cut', {
    ...PARTITION,
    selector: { ...THERE, namespaces: [SHOP, OTHER] },
  }),
  'pods by name': aShopFault('cut', { ...PARTITION, selector: { pods: { [OTHER]: ['orders-1'] } } }),
  'the other side of a partition': aShopFault('cut', {
    ...{ action: 'partition', direction: 'both', target: { mode: 'all', selector: THERE } },
  }),
  'a schedule': withSpec('Schedule', {
    ...{ schedule: '@every 60s', type: 'PodChaos', concurrencyPolicy: 'Forbid', historyLimit: 1 },
    podChaos: { action: 'pod-kill', mode: 'all', selector: THERE },
  }),
  'a template of a workflow': withSpec('Workflow', {
    entry: 'kill',
    templates: [
      {
        ...{ name: 'kill', templateType: 'PodChaos', deadline: '60s' },
        podChaos: { action: 'pod-kill', mode: 'all', selector: THERE },
      },
    ],
  }),
  'a manifest in a file of its own': { name: 'cut', manifestFile: '../there.yaml' },
  'a remote cluster': aShopFault('cut', { ...PARTITION, selector: THERE, remoteCluster: 'this-one' }),
  'a secret': aShopFault(
    'abort',
    {
      ...{ target: 'Request', port: 8080, abort: true },
      tls: { certName: 'tls.crt', keyName: 'tls.key', secretName: 'tls', secretNamespace: OTHER },
    },
    'HTTPChaos',
  ),
};

describe('two tenants of a real cluster', () => {
  let project: Project;
  let asItWas = '';
  const dead = aRunId();

  before(async () => {
    await Promise.all([openShop('orders', 2), openShop('orders', 2, OTHER)]);
    await grant();
    await injectAndDie(dead, 600, undefined, OTHER);
    // Without its lease the fault of the other tenant is an orphan, which anybody with the right may sweep.
    await kubectl('-n', OTHER, 'delete', 'lease', 'plimsoll');
    asItWas = await everythingThere();
    project = await openProject();
  });
  after(async () => {
    await removeProjects();
    await Promise.all([closeShop(), closeShop(OTHER)]);
  });

  afterEach(async () => {
    expect(await everythingThere(), 'the other namespace is as it was').to.equal(asItWas);
  });

  for (const environment of ['impersonated', 'token']) {
    it(`lets a tenant put faults into its own namespace: ${environment}`, async () => {
      await project.write('gate.yaml', aGate());
      const { code, stderr } = await project.run([...RUN, environment]);
      expect(code, stderr).to.equal(0);
    });
  }

  for (const environment of ['impersonated', 'careless-impersonated', 'careless-token']) {
    it(`lets no tenant run anything in the namespace of another, by whatever way: ${environment}`, async () => {
      const { code, stdout, stderr } = await project.run(['run', 'ways', '--json', '-e', environment]);
      expect(code, stderr).to.equal(69);
      expect(JSON.parse(stdout), 'what was run').to.deep.equal([]);
      const refused = stderr.split('nothing was touched.').length - 1;
      expect(refused, stderr).to.equal(Object.keys(WAYS).length);
    });
  }

  for (const way of Object.keys(WAYS)) {
    it(`says in the plan that the environment does not allow it: ${way}`, async () => {
      const { code, stdout, stderr } = await project.run(['plan', fileOf(way), '-e', 'impersonated']);
      expect(code, stderr).to.equal(69);
      expect(stdout).to.include(`namespace ${OTHER} is none of those`);
    });
  }

  for (const environment of ['impersonated', 'careless-impersonated', 'careless-token']) {
    it(`lets no tenant see or sweep what another left: ${environment}`, async () => {
      await forgeJournal(environment);
      for (const options of [
        ['--run', dead],
        ['--orphans', '--force', '--deadline', '3s'],
      ]) {
        const { code, stdout } = await project.run(['sweep', '-e', environment, ...options]);
        expect(stdout, `${environment} ${options.join(' ')}`).not.to.include('recovered');
        // Where the environment claims the namespace, what cannot be seen there is not called clean.
        if (environment.startsWith('careless') && options[0] === '--run') expect(code, stdout).to.equal(75);
        await forgeJournal(environment);
      }
    });
  }

  it('names no cluster, and so no other tenant, in a list of experiments', async () => {
    const { code, stdout } = await project.run(['list', '--json', 'ways']);
    expect(code).to.equal(0);
    expect(stdout).not.to.include('orders-');
  });

  /** As if the dead run of the other tenant had been one of this machine. */
  async function forgeJournal(environment: string): Promise<void> {
    await project.write(`.plimsoll/runs/${dead}.jsonl`, `${JSON.stringify(aJournal(environment))}\n`);
  }

  function aJournal(environment: string): object {
    return {
      ...{ kind: 'run', runId: dead, experiment: 'e2e', environment, faultKinds: ['NetworkChaos'] },
      owner: { pid: 2 ** 22 - 1, startToken: 'gone' },
      startedAt: new Date(0).toISOString(),
      temporaryFolders: [],
    };
  }
});

/** An environment each: by impersonation or by a token; careful, or careless about where faults may be put in. */
async function openProject(): Promise<Project> {
  const project = await aShopProject();
  await writeFile(join(project.folder, 'token.kubeconfig'), await kubeconfigOfToken());
  const impersonate = { user: `system:serviceaccount:${SHOP}:${ACCOUNT}` };
  const guards = { namespaces: [SHOP, OTHER] };
  const token = { kubeconfig: 'token.kubeconfig' };
  await project.write('plimsoll.yaml', {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Config',
    environments: {
      impersonated: shopEnvironment({ impersonate }),
      token: shopEnvironment(token),
      'careless-impersonated': shopEnvironment({ impersonate, guards }),
      'careless-token': shopEnvironment({ ...token, guards }),
    },
  });
  const { manifest } = aShopFault('cut', { ...PARTITION, selector: THERE }) as { manifest: object };
  await project.write('there.yaml', manifest);
  for (const [way, fault] of Object.entries(WAYS)) {
    await project.write(fileOf(way), aGate({ metadata: { name: nameOf(way) }, faults: [fault] }));
  }
  return project;
}

function fileOf(way: string): string {
  return `ways/${nameOf(way)}.yaml`;
}

function nameOf(way: string): string {
  return way.replaceAll(' ', '-');
}

async function grant(): Promise<void> {
  const metadata = { name: ACCOUNT, namespace: SHOP };
  const rbac = 'rbac.authorization.k8s.io';
  await kubectlApply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await kubectlApply({
    ...{ apiVersion: `${rbac}/v1`, kind: 'Role', metadata },
    rules: [
      { apiGroups: ['chaos-mesh.org'], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['pods', 'services', 'events'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
    ],
  });
  await kubectlApply({
    ...{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata },
    roleRef: { apiGroup: rbac, kind: 'Role', name: ACCOUNT },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  });
}

async function kubeconfigOfToken(): Promise<string> {
  const admin = new KubeConfig();
  if (kubeconfig === undefined) admin.loadFromDefault();
  else admin.loadFromFile(kubeconfig);
  const token = await kubectl('-n', SHOP, 'create', 'token', ACCOUNT);
  const cluster = admin.getCurrentCluster();
  const tenant = new KubeConfig();
  tenant.loadFromOptions({
    clusters: [{ ...cluster, name: 'e2e' }],
    users: [{ name: ACCOUNT, token }],
    contexts: [{ name: ACCOUNT, cluster: 'e2e', user: ACCOUNT }],
    currentContext: ACCOUNT,
  });
  return tenant.exportConfig();
}

/** Every object of the other namespace that a fault or a sweep could touch, with what would show that it was. */
async function everythingThere(): Promise<string> {
  const kinds =
    'pods,leases,networkchaos,podchaos,httpchaos,schedules.chaos-mesh.org,workflows,podnetworkchaos,podhttpchaos';
  const path =
    '{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation} {.metadata.deletionTimestamp}{"\\n"}{end}';
  return await kubectl('-n', OTHER, 'get', kinds, '-o', `jsonpath=${path}`);
}

function inNamespace(namespace: string, fault: object): object {
  const { manifest, ...rest } = fault as { manifest: object };
  return { ...rest, manifest: { ...manifest, metadata: { namespace } } };
}

function withSpec(kind: string, spec: object): object {
  return { name: 'all', manifest: { apiVersion: 'chaos-mesh.org/v1alpha1', kind, spec } };
}
