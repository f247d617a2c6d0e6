import { expect } from 'chai';
import { buildRoles } from '../../src/chaos/chaos-mesh/build-role.js';
import { waitUntil } from '../support/wait-until.js';
import {
  aFault,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  stopEnvironments,
} from './support/an-environment.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(20_000);
/** A condition that no kubelet has anything to say about, so that nothing else takes notice of it. */
const CONDITION = `Plimsoll${process.pid}`;

describe('the timeline of a run on a real cluster', () => {
  before(async () => {
    await openShop('orders', 2);
  });
  after(closeShop);
  afterEach(stopEnvironments);

  const setNodeCondition = async (node: string, status: string): Promise<void> => {
    const condition = { type: CONDITION, status, reason: 'Test', message: 'set by a test' };
    await kubectl(
      ...['patch', 'node', node, '--subresource=status', '--type=strategic'],
      ...['-p', JSON.stringify({ status: { conditions: [condition] } })],
    );
  };

  it('has restarts, readiness, what Kubernetes says of the pods, and the conditions of their nodes', async () => {
    const { environment, runId, events } = await openEnvironment();
    const kill = aFault(runId, 'PodChaos', {
      action: 'container-kill',
      mode: 'one',
      containerNames: ['orders'],
    });
    await environment.injector.select(kill, SOON());
    await environment.start(SOON());
    const { applied, injection } = await inject(environment, kill);
    await recovered(applied);
    const target = injection.targets[0]!.id;
    const has = (kind: string, text: string) =>
      events.some((event) => event.kind === kind && event.message.includes(text));
    await waitUntil('the restart is told, with the end before it', () =>
      has('pod-restarted', 'it ended before: orders:'),
    );
    const name = target.split('/')[1]!;
    const node = await kubectl('-n', SHOP, 'get', 'pod', name, '-o', 'jsonpath={.spec.nodeName}');
    try {
      await setNodeCondition(node, 'True');
      await waitUntil('the condition of the node is told', () =>
        has('node-trouble', `${node} has ${CONDITION}`),
      );
    } finally {
      await setNodeCondition(node, 'False');
    }
    await waitUntil('its end is told', () => has('node-trouble-over', CONDITION));
    await kubectl('-n', SHOP, 'delete', 'pod', name, '--wait=false');
    await waitUntil('what Kubernetes says is told', () => has('pod-event', `${target}: Killing:`));
    await waitUntil('the pod is gone', () => has('pod-gone', target));
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('says what it may not see, once, and the run goes on', async () => {
    const { environment, runId, events } = await openEnvironment({
      config: { impersonate: { user: 'reach-blind', groups: [] } },
    });
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    const config = { namespace: SHOP, guards: { maxPercent: 100, minHealthy: 1 }, services: {} };
    const roles = buildRoles([fault], config, 'blind', { kind: 'User', name: 'reach-blind' });
    for (const role of roles.filter(({ kind }) => !kind.startsWith('Cluster'))) {
      await kubectlApply(role);
    }
    const { applied } = await inject(environment, fault);
    await waitUntil('it is told', () => events.some(({ kind }) => kind === 'not-watched'));
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
    const told = events.filter(({ kind }) => kind === 'not-watched').map(({ message }) => message);
    expect(told).to.have.length(1);
    expect(told[0]).to.contain('nodes').and.to.contain('forbidden');
  });
});
