import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { rbac, type RbacOptions } from '../../../../src/cli/commands/rbac.js';
import { packageRoot } from '../../../../src/shared/package-root.js';
import { aContext } from '../../../support/a-context.js';
import { rejectionOf } from '../../../support/rejection-of.js';

const CONFIG = `
apiVersion: plimsoll.dev/v1
kind: Config
environments:
  local: { driver: local, services: {} }
  staging:
    driver: kubernetes
    namespace: shop
    services:
      orders: { service: front/orders, port: 80 }
      outside: { url: 'https://shop.example' }
  operator:
    driver: kubernetes
    namespace: shop
    runners: { engine: k6-operator, namespace: load }
  tenant:
    driver: kubernetes
    namespace: shop
    impersonate: { user: 'system:serviceaccount:teams:orders' }
`;

const experiment = (name: string) => join(packageRoot, 'experiments', 'chaos-mesh', `${name}.yaml`);

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly roleRef?: unknown;
  readonly subjects?: readonly unknown[];
}

describe('plimsoll rbac', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-rbac-'));
    await writeFile(join(folder, 'plimsoll.yaml'), CONFIG);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function printed(
    paths: readonly string[],
    options: Partial<RbacOptions> = {},
  ): Promise<readonly Printed[]> {
    const context = aContext({ cwd: folder });
    const code = await rbac(paths, { name: 'plimsoll', environment: 'staging', ...options }, context);
    expect(code).to.equal(0);
    return parseAllDocuments(context.out()).map((document) => document.toJS() as Printed);
  }

  it('prints a Role and a RoleBinding for each namespace, with what the experiments use and no more', async () => {
    const documents = await printed(['network-delay', 'io-fault', 'pod-kill'].map(experiment));
    expect(
      documents.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`),
    ).to.deep.equal([
      'ClusterRole /plimsoll',
      'ClusterRoleBinding /plimsoll',
      'Role front/plimsoll',
      'RoleBinding front/plimsoll',
      'Role shop/plimsoll',
      'RoleBinding shop/plimsoll',
    ]);
    const [nodes, , front, , shop] = documents;
    expect(nodes?.rules).to.deep.equal([{ apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }]);
    expect(front?.rules).to.deep.equal([{ apiGroups: [''], resources: ['services'], verbs: ['get'] }]);
    const resources = shop?.rules?.map(({ resources: [resource] }) => resource);
    expect(resources).to.have.members([
      ...['networkchaos', 'iochaos', 'podchaos', 'pods', 'leases', 'podnetworkchaos', 'podiochaos', 'events'],
      'services',
    ]);
    const verbsOf = (name: string) => shop?.rules?.find((rule) => rule.resources.includes(name))?.verbs;
    expect(verbsOf('iochaos')).to.include.members(['create', 'get', 'list', 'watch', 'delete']);
    expect(verbsOf('pods')).to.deep.equal(['list', 'watch']);
    expect(JSON.stringify(documents)).to.not.include('"*"');
  });

  it('grants port-forwards to those who need them: not to the service account of a pod', async () => {
    const rules = async (options: Partial<RbacOptions>) =>
      JSON.stringify((await printed([experiment('pod-kill')], options)).map((each) => each.rules ?? []));
    expect(await rules({ user: 'jane' }))
      .to.include('"pods/portforward"')
      .and.to.include('"endpointslices"');
    expect(await rules({ serviceAccount: 'ci/runner' })).not.to.include('portforward');
  });

  it('prints a ClusterRole for what stands in no namespace, the nodes of a drain, and nothing more in it', async () => {
    const path = join(packageRoot, 'experiments', 'kubernetes', 'node-drain.yaml');
    const documents = await printed([path]);
    expect(
      documents.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    ).to.deep.equal([
      'ClusterRole undefined/plimsoll',
      'ClusterRoleBinding undefined/plimsoll',
      ...[
        'Role front/plimsoll',
        'RoleBinding front/plimsoll',
        'Role shop/plimsoll',
        'RoleBinding shop/plimsoll',
      ],
    ]);
    const [cluster, binding, , , shop] = documents;
    expect(cluster?.rules).to.deep.equal([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch', 'patch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ]);
    expect(binding?.roleRef).to.include({ kind: 'ClusterRole' });
    expect(shop?.rules).to.deep.include({ apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] });
  });

  it('grants what makes the pods of a load: a Job, or a TestRun of the k6-operator', async () => {
    const text = await readFile(experiment('pod-kill'), 'utf8');
    const path = join(folder, 'distributed.yaml');
    await writeFile(path, text.replace(/^( +)http:\n/m, '$1http:\n$1  runners: 2\n'));
    const rulesIn = async (environment: string, namespace: string) =>
      (await printed([path], { environment }))
        .find(({ kind, metadata }) => kind === 'Role' && metadata.namespace === namespace)
        ?.rules?.map(({ resources, verbs }) => `${resources.join()}: ${verbs.join(' ')}`);
    expect(await rulesIn('operator', 'load')).to.have.members([
      'testruns: create get delete list',
      'secrets: create',
      'configmaps: create',
      'pods: list watch',
      'pods/exec: create get',
    ]);
    expect(await rulesIn('staging', 'shop')).to.include.members(['jobs: create patch delete list']);
  });

  it('binds the service account that is named, the user that is named, or whom the environment impersonates', async () => {
    const subjects = async (options: Partial<RbacOptions>) =>
      (await printed([experiment('pod-kill')], options)).find(({ kind }) => kind === 'RoleBinding')?.subjects;
    const account = (namespace: string, name: string) => [{ kind: 'ServiceAccount', namespace, name }];
    expect(await subjects({ environment: 'staging' })).to.deep.equal(account('shop', 'plimsoll'));
    expect(await subjects({ serviceAccount: 'ci/runner' })).to.deep.equal(account('ci', 'runner'));
    expect(await subjects({ environment: 'tenant' })).to.deep.equal(account('teams', 'orders'));
    expect(await subjects({ user: 'jane' })).to.deep.equal([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' },
    ]);
  });

  it('is wrong usage for an environment that is no cluster, and for half a service account', async () => {
    const thrownBy = async (options: Partial<RbacOptions>) =>
      await rejectionOf(
        rbac([experiment('pod-kill')], { name: 'plimsoll', ...options }, aContext({ cwd: folder })),
      );
    expect(await thrownBy({ environment: 'local' }))
      .to.have.property('message')
      .that.includes('is no cluster');
    expect(await thrownBy({ environment: 'staging', serviceAccount: 'runner' }))
      .to.have.property('message')
      .that.includes('cannot read the service account "runner"');
  });
});
