import { expect } from 'chai';
import { buildRoles } from '../../src/chaos/chaos-mesh/build-role.js';
import { waitUntil } from '../support/wait-until.js';
import {
  aDrain,
  aRunId,
  doseUntil,
  inject,
  openEnvironment,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { injectAndDie } from './support/inject-and-die.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { rejection } from './support/rejection.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(30_000);

/** The project's own cluster has one node: while it is cordoned, nothing can start on it. */
describe('drains on a real cluster', () => {
  let node: string;

  before(async () => {
    node = (await kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
    await openShop('orders', 2);
  });
  after(closeShop);
  afterEach(stopEnvironments);
  afterEach(async () => {
    await kubectl('uncordon', node);
    await kubectl('label', 'node', node, 'plimsoll.dev/run-', '--overwrite');
    await waitUntil('both pods are ready again', async () => (await readyPods()) === 2, 60_000);
  });

  async function readyPods(): Promise<number> {
    const path =
      '{range .items[*]}{.metadata.deletionTimestamp}|{.status.conditions[?(@.type=="Ready")].status};{end}';
    const said = await kubectl('-n', SHOP, 'get', 'pods', '-o', `jsonpath=${path}`);
    return said.split(';').filter((pod) => pod === '|True').length;
  }

  /** The run that has cordoned it, or nothing: `true run-1`. */
  async function cordonOf(): Promise<string> {
    const path =
      '{.spec.unschedulable} {.metadata.annotations.plimsoll\\.dev/cordoned-by} {.metadata.labels.plimsoll\\.dev/run}';
    return (await kubectl('get', 'node', node, '-o', `jsonpath=${path}`)).trim();
  }

  it('cordon the node, evict the pods that are meant, and make it schedulable again with proof', async () => {
    const { environment, runId, events } = await openEnvironment({ config: { guards: ANY } });
    const fault = aDrain(runId, node);
    const found = await environment.injector.preflight(fault, SOON());
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal(['warning pods-stay']);
    expect(found[0]?.message).to.include(`leaves pods there: all outside of ${SHOP}`);
    const targets = await environment.injector.select(fault, SOON());
    expect(targets).to.have.length(2);
    const { applied, injection } = await inject(environment, fault);
    expect(injection.evidence).to.equal(`${node} cordoned, 2 of 2 pods evicted`);
    expect(injection.targets.map(({ uid }) => uid)).to.have.members(targets.map(({ uid }) => uid));
    expect(await cordonOf()).to.equal(`true ${runId} ${runId}`);
    expect(await doseUntil(applied, () => true)).to.include({ coverage: 1 });
    const evidence = await recovered(applied);
    expect(evidence).to.match(
      new RegExp(`^${node} schedulable again, marks gone; \\d pods ready, 2 before the drain$`),
    );
    expect(await cordonOf()).to.equal('');
    expect(events.map(({ kind }) => kind)).to.include.members([
      'node-cordoned',
      'node-uncordoned',
      'pod-deleted',
    ]);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('are refused for the last node, one that is cordoned, and where guards are passed', async () => {
    const { environment, runId } = await openEnvironment({ config: { guards: { ...ANY, maxTargets: 1 } } });
    const codes = async (fault = aDrain(runId, node)) => {
      const found = await environment.injector.preflight(fault, SOON());
      return found.filter(({ severity }) => severity === 'stop').map(({ code }) => code);
    };
    expect(await codes()).to.deep.equal(['blast-radius']);
    expect(await codes(aDrain(runId, node, { allowLastNode: false }))).to.include('last-node');
    expect(await codes(aDrain(runId, 'no-such-node'))).to.deep.equal(['no-target']);
    const everywhere = await codes(aDrain(runId, node, { pods: {} }));
    expect(everywhere).to.include('blast-radius');
    await kubectl('cordon', node);
    expect(await codes()).to.deep.equal(['node-cordoned']);
    const refused = await rejection(environment.injector.apply(aDrain(runId, node), SOON()));
    expect(refused).to.include({ code: 'FAULT_NOT_INJECTED' });
    expect(await cordonOf(), 'it stays as somebody else has it').to.equal('true');
  });

  it('tell when somebody else makes the node schedulable, and then leave it as he has it', async () => {
    const { environment, runId, events } = await openEnvironment({ config: { guards: ANY } });
    const { applied } = await inject(environment, aDrain(runId, node));
    await kubectl('uncordon', node);
    await doseUntil(applied, ({ coverage }) => coverage === 0);
    expect(events.map(({ kind }) => kind)).to.include('node-lost');
    await kubectl('cordon', node);
    expect(await recovered(applied)).to.include('as somebody else cordoned it meanwhile');
    expect(await cordonOf()).to.equal('true');
  });

  it('that a killed harness left are found by their mark, and swept with proof', async () => {
    const runId = aRunId();
    await injectAndDie(runId, 120, node);
    expect(await cordonOf()).to.equal(`true ${runId} ${runId}`);
    const { environment } = await openEnvironment();
    const dead = { runId, environment: 'e2e', processes: [], temporaryFolders: [] };
    const ofOther = { ...dead, runId: 'of-another-run' };
    expect(await environment.injector.sweep({ runs: [ofOther] }, SOON())).to.deep.equal([]);
    expect(await cordonOf()).to.equal(`true ${runId} ${runId}`);
    expect(await environment.injector.sweep({ runs: [dead] }, SOON())).to.deep.equal([
      { runId, what: `cordon of node ${node}`, status: 'removed', detail: 'schedulable again, marks gone' },
    ]);
    expect(await cordonOf()).to.equal('');
    expect(await environment.injector.sweep({ runs: [dead] }, SOON())).to.deep.equal([]);
  });

  it('are swept as orphans only once their lease is no longer alive', async () => {
    const runId = aRunId();
    await injectAndDie(runId, 120, node);
    const { environment } = await openEnvironment();
    const orphans = { runs: [], orphans: { living: [] } };
    expect(await environment.injector.sweep(orphans, SOON())).to.deep.equal([]);
    await kubectl('-n', SHOP, 'delete', 'lease', 'plimsoll');
    expect(
      await environment.injector.sweep({ runs: [], orphans: { living: [runId] } }, SOON()),
    ).to.deep.equal([]);
    const [swept] = await environment.injector.sweep(orphans, SOON());
    expect(swept).to.include({ runId, status: 'removed' });
    expect(await cordonOf()).to.equal('');
  });

  it('need no more than the printed roles', async () => {
    const user = 'tenant-that-drains';
    const config = { namespace: SHOP, guards: ANY, services: {} };
    const { environment, runId } = await openEnvironment({
      config: { ...config, impersonate: { user, groups: [] } },
    });
    const fault = aDrain(runId, node);
    const missing = await environment.injector.preflight(fault, SOON());
    expect(missing.map(({ message }) => message).join()).to.include(
      'no right to get, list, watch, patch nodes in the whole cluster',
    );
    const roles = buildRoles([fault], config, `${SHOP}-drain`, { kind: 'User', name: user });
    expect(roles.map(({ kind }) => kind)).to.deep.equal([
      'ClusterRole',
      'ClusterRoleBinding',
      'Role',
      'RoleBinding',
    ]);
    for (const object of roles) await kubectlApply(object);
    try {
      await waitUntil('the roles count', async () => {
        const found = await environment.injector.preflight(fault, SOON());
        return found.every(({ code }) => code === 'pods-stay');
      });
      const { applied } = await inject(environment, fault);
      await recovered(applied);
      expect(await cordonOf()).to.equal('');
      expect(await environment.stop()).to.deep.equal([]);
    } finally {
      await kubectl('delete', 'clusterrole,clusterrolebinding', `${SHOP}-drain`);
    }
  });
});

/** No pod of the shop has to stay ready: an outage is what is tried. */
const ANY = { maxPercent: 100, minHealthy: 0 };
