import { expect } from 'chai';
import type { HeldFault } from '../../../../../src/chaos/chaos-mesh/follow-fault.js';
import { applyNative } from '../../../../../src/chaos/chaos-mesh/native/apply-native.js';
import { preflightNative } from '../../../../../src/chaos/chaos-mesh/native/preflight-native.js';
import { sweepCluster } from '../../../../../src/chaos/chaos-mesh/sweep-cluster.js';
import { PlimsollError } from '../../../../../src/shared/errors.js';
import { aNativeFault } from '../../../../support/a-native-fault.js';
import {
  aNode,
  aPodObject,
  type FakeCluster,
  openFakeCluster,
  refuse,
  refuseByBudget,
} from '../../../../support/fake-nodes.js';
import { rejectionOf } from '../../../../support/rejection-of.js';
import { waitUntil } from '../../../../support/wait-until.js';

const NEVER = new AbortController().signal;

describe('a NodeDrain', () => {
  let cluster: FakeCluster;
  const held: HeldFault[] = [];

  beforeEach(async () => {
    cluster = await openFakeCluster(
      [aNode('node-a'), aNode('node-b')],
      [aPodObject('orders-1'), aPodObject('orders-2'), aPodObject('orders-3', 'node-b')],
    );
  });
  afterEach(async () => {
    for (const each of held.splice(0)) await each.release();
    await cluster.server.close();
  });

  async function apply(spec: Record<string, unknown> = {}, more: Parameters<FakeCluster['access']>[0] = {}) {
    const holding = await applyNative(cluster.access(more), aNativeFault('NodeDrain', spec), NEVER);
    held.push(holding);
    return holding.applied;
  }

  /** Whether it is cordoned, and by which run. */
  function cordonOf(name: string): string {
    const { spec, metadata } = cluster.node(name) ?? aNode(name);
    const { annotations = {}, labels = {} } = metadata;
    return [spec?.unschedulable, annotations['plimsoll.dev/cordoned-by'], labels['plimsoll.dev/run']]
      .join(' ')
      .trim();
  }

  const kinds = () => cluster.events.map(({ kind }) => kind);
  const isPatch = (request: string, node = '') =>
    request.startsWith('PATCH') && request.includes(`/nodes/${node}`);

  it('cordons the node with its mark, evicts its pods alone, and makes it schedulable again', async () => {
    const applied = await apply();
    expect(cordonOf('node-a')).to.equal('true run-1 run-1');
    expect(cluster.node('node-a')?.metadata.annotations).to.include({ 'plimsoll.dev/leased-in': 'shop' });
    expect(cluster.pods(), 'nothing is evicted before the injection is asked for').to.have.length(3);
    const { targets, evidence } = await applied.injected(NEVER);
    expect(targets.map(({ id }) => id)).to.deep.equal(['shop/orders-1', 'shop/orders-2']);
    expect(evidence).to.equal('node-a cordoned, 2 of 2 pods evicted');
    for await (const reading of applied.dose(NEVER)) {
      expect(reading).to.include({ coverage: 1, detail: '1 of 1 nodes unschedulable, 2 of 2 pods evicted' });
      break;
    }
    expect(await applied.recover())
      .to.include({ status: 'recovered' })
      .and.have.property('evidence')
      .that.matches(/^node-a schedulable again, marks gone; 3 pods ready, 3 before the drain$/);
    expect(cordonOf('node-a')).to.equal('');
    expect(cordonOf('node-b')).to.equal('');
    expect(kinds()).to.include.members(['node-cordoned', 'node-uncordoned']).and.not.include('node-lost');
  });

  it('takes no other node for its own when its nodes change all the time', async () => {
    let conflicts = 2;
    cluster.intercept((request) => {
      if (!isPatch(request) || conflicts === 0) return false;
      conflicts -= 1;
      cluster.putNode(cluster.node('node-a') ?? aNode('node-a')); // the kubelet writes to it: another version
      return false;
    });
    const applied = await apply();
    expect(cordonOf('node-a')).to.equal('true run-1 run-1');
    conflicts = 2;
    expect(await applied.recover()).to.include({ status: 'recovered' });
    expect(cordonOf('node-a')).to.equal('');
  });

  it('refuses a node that somebody cordons in the last moment, and leaves it so', async () => {
    let isFirst = true;
    cluster.intercept((request) => {
      if (isFirst && isPatch(request)) {
        isFirst = false;
        cluster.putNode(aNode('node-a', { unschedulable: true }));
      }
      return false;
    });
    expect(await rejectionOf(apply()))
      .to.include({ code: 'FAULT_NOT_INJECTED' })
      .and.have.property('message')
      .that.equals('node node-a could not be cordoned: somebody has cordoned it meanwhile');
    expect(cordonOf('node-a')).to.equal('true');
  });

  it('takes back what it has cordoned when another node cannot be', async () => {
    cluster.intercept((request, response) => {
      if (!isPatch(request, 'node-b')) return false;
      refuse(response, 403, 'node-b is forbidden');
      return true;
    });
    const refused = await rejectionOf(apply({ nodes: ['node-a', 'node-b'], allowLastNode: true }));
    expect(refused).to.include({ code: 'FAULT_NOT_INJECTED' });
    expect((refused as Error).message).to.include('node node-b could not be cordoned: node-b is forbidden');
    expect(cordonOf('node-a')).to.equal('');
  });

  it('says that a node may still be cordoned where that cannot be taken back, and how to do it by hand', async () => {
    let patches = 0;
    cluster.intercept((request, response) => {
      if (!isPatch(request)) return false;
      patches += 1;
      if (patches === 1) return false;
      refuse(response, 403, 'nodes are forbidden just now');
      return true;
    });
    const nodes = { nodes: ['node-a', 'node-b'], allowLastNode: true };
    const refused = await rejectionOf(apply(nodes, { recoverDeadlineMs: 300 }));
    expect(refused).to.include({
      code: 'FAULT_NOT_RECOVERED',
      remedy: `${cluster.server.client.kubectl} uncordon node-a`,
    });
  });

  it('takes a cordon for done whose answer was lost', async () => {
    let isLost = false;
    cluster.intercept((request, response) => {
      if (!isPatch(request) || isLost) return false;
      isLost = true;
      const node = cluster.node('node-a') ?? aNode('node-a');
      const marks = {
        annotations: { 'plimsoll.dev/cordoned-by': 'run-1' },
        labels: { 'plimsoll.dev/run': 'run-1' },
      };
      cluster.putNode({ ...node, metadata: { ...node.metadata, ...marks }, spec: { unschedulable: true } });
      response.destroy();
      return true;
    });
    const applied = await apply();
    expect(await applied.recover()).to.include({ status: 'recovered' });
    expect(cordonOf('node-a')).to.equal('');
  });

  it('is not in while a budget refuses, and makes the node schedulable again by itself', async () => {
    cluster.intercept((request, response) => {
      const isStuck = request.endsWith('orders-2/eviction');
      if (isStuck) refuseByBudget(response);
      return isStuck;
    });
    const applied = await apply();
    const deadline = new AbortController();
    const injected = rejectionOf(applied.injected(deadline.signal));
    await waitUntil('it is refused', () => kinds().includes('eviction-refused'));
    deadline.abort(new PlimsollError('DEADLINE', 'injecting took too long'));
    expect(await injected)
      .to.have.property('message')
      .that.matches(
        /^node-a could not be drained: . of 2 pods .* PodDisruptionBudget shop\/orders needs 2 healthy pods/,
      );
    await waitUntil('it is schedulable again', () => cordonOf('node-a') === '');
    expect(await applied.recover()).to.include({ status: 'recovered' });
  });

  it('ends at its own timeout', async () => {
    cluster.intercept((request, response) => {
      if (request.endsWith('/eviction')) refuseByBudget(response);
      return request.endsWith('/eviction');
    });
    const applied = await apply({ timeout: '9s' });
    expect(await rejectionOf(applied.injected(NEVER)))
      .to.include({ code: 'FAULT_NOT_INJECTED' })
      .and.have.property('message')
      .that.includes('not drained within 9 s, its timeout: 0 of 2 pods');
    await applied.recover();
    expect(cordonOf('node-a')).to.equal('');
  });

  it('has no coverage any more when somebody makes the node schedulable, and leaves his own cordon alone', async () => {
    const applied = await apply();
    await applied.injected(NEVER);
    const marked = cluster.node('node-a') ?? aNode('node-a');
    cluster.putNode({ ...marked, spec: {} });
    await waitUntil('it is noticed', () => kinds().includes('node-lost'));
    for await (const reading of applied.dose(NEVER)) {
      expect(reading).to.include({ coverage: 0 });
      break;
    }
    cluster.putNode({ ...marked, spec: { unschedulable: true } });
    expect(await applied.recover())
      .to.have.property('evidence')
      .that.includes('node-a left as somebody else cordoned it meanwhile');
    expect(cordonOf('node-a')).to.equal('true');
  });

  it('does not uncordon a node whose mark somebody took off, and does not call that recovered', async () => {
    const applied = await apply();
    cluster.putNode(aNode('node-a', { unschedulable: true, labels: { 'plimsoll.dev/run': 'run-1' } }));
    const recovery = await applied.recover();
    expect(recovery).to.include({
      status: 'unconfirmed',
      remedy: `${cluster.server.client.kubectl} uncordon node-a`,
    });
    expect(recovery)
      .to.have.property('reason')
      .that.includes('its mark plimsoll.dev/cordoned-by was taken off');
    expect(cordonOf('node-a')).to.match(/^true/);
  });

  it('waits for the taint to go, which keeps pods off longer than the field says', async () => {
    const applied = await apply();
    let looks = 0;
    cluster.intercept((request, response) => {
      const isLook = request.startsWith('GET') && request.endsWith('/nodes/node-a');
      if (!isLook || cordonOf('node-a') !== '') return false;
      looks += 1;
      if (looks > 2) return false;
      const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
      response.end(JSON.stringify({ ...aNode('node-a'), spec: { taints } }));
      return true;
    });
    expect(await applied.recover()).to.include({ status: 'recovered' });
    expect(looks).to.be.above(2);
  });

  describe('of a run that was killed', () => {
    const dead = { runId: 'run-1', environment: 'e', processes: [], temporaryFolders: [] };
    const others = { runId: 'run-2' };
    const lease = (holderIdentity: string) => {
      cluster.intercept((request, response) => {
        if (!request.includes('/leases/')) return false;
        response.end(
          JSON.stringify({
            spec: { holderIdentity, renewTime: '2999-01-01T00:00:00Z', leaseDurationSeconds: 90 },
          }),
        );
        return true;
      });
    };

    beforeEach(async () => {
      await (await apply()).injected(NEVER);
    });

    it('is swept by its mark, and proven', async () => {
      expect(
        await sweepCluster(cluster.access(others), { runs: [{ ...dead, runId: 'run-3' }] }, NEVER),
      ).to.deep.equal([]);
      expect(cordonOf('node-a')).to.equal('true run-1 run-1');
      const [swept, ...more] = await sweepCluster(cluster.access(others), { runs: [dead] }, NEVER);
      expect(more).to.deep.equal([]);
      expect(swept).to.deep.equal({
        ...{ runId: 'run-1', what: 'cordon of node node-a', status: 'removed' },
        detail: 'schedulable again, marks gone',
      });
      expect(cordonOf('node-a')).to.equal('');
      expect(await sweepCluster(cluster.access(others), { runs: [dead] }, NEVER)).to.deep.equal([]);
    });

    it('is an orphan only where no lease of it lives, and where this environment may look', async () => {
      const sweep = async (more: Parameters<FakeCluster['access']>[0] = {}, living: readonly string[] = []) =>
        (await sweepCluster(cluster.access({ ...others, ...more }), { runs: [], orphans: { living } }, NEVER))
          .length;
      expect(await sweep({}, ['run-1']), 'known to live').to.equal(0);
      expect(await sweep({ guards: { namespaces: ['bank'] } }), 'of another environment').to.equal(0);
      expect(await sweep(), 'no lease').to.equal(1);
    });

    it('is no orphan while its lease lives', async () => {
      lease('run-1');
      const scope = { runs: [], orphans: { living: [] } };
      expect(await sweepCluster(cluster.access(others), scope, NEVER)).to.deep.equal([]);
      expect(cordonOf('node-a')).to.equal('true run-1 run-1');
    });

    it('is an orphan where the lease is that of another run', async () => {
      lease('run-9');
      const swept = await sweepCluster(cluster.access(others), { runs: [], orphans: { living: [] } }, NEVER);
      expect(swept.map(({ status }) => status)).to.deep.equal(['removed']);
    });

    it('stays and is told again where the mark is gone', async () => {
      cluster.putNode(aNode('node-a', { unschedulable: true, labels: { 'plimsoll.dev/run': 'run-1' } }));
      for (const attempt of ['once', 'again']) {
        const [swept] = await sweepCluster(cluster.access(others), { runs: [dead] }, NEVER);
        expect(swept, attempt)
          .to.include({ status: 'left' })
          .and.have.property('detail')
          .that.includes('uncordon node-a');
      }
    });
  });

  describe('before the run', () => {
    const preflight = async (spec = {}, more: Parameters<FakeCluster['access']>[0] = {}) =>
      (await preflightNative(cluster.access(more), aNativeFault('NodeDrain', spec), NEVER)).findings.map(
        ({ severity, code }) => `${severity} ${code}`,
      );

    it('has nothing to say where all is well, and touches nothing', async () => {
      expect(await preflight()).to.deep.equal([]);
      expect(cordonOf('node-a')).to.equal('');
      expect(cluster.server.requests.filter((request) => request.startsWith('PATCH'))).to.deep.equal([]);
    });

    it('counts the pods of all nodes against the guards', async () => {
      const both = { nodes: ['node-a', 'node-b'], allowLastNode: true };
      expect(await preflight(both, { guards: { maxTargets: 2 } })).to.deep.equal(['stop blast-radius']);
      expect(await preflight(both, { guards: { maxTargets: 3 } })).to.deep.equal([]);
    });

    it('stops at pods of namespaces that the environment does not allow', async () => {
      cluster.putPod(aPodObject('teller', 'node-a', { namespace: 'bank' }));
      expect(await preflight()).to.deep.equal(['stop namespace-not-allowed']);
      expect(await preflight({ pods: { namespaces: ['bank'] } })).to.deep.equal([
        'stop namespace-not-allowed',
      ]);
      expect(await rejectionOf(apply())).to.include({ code: 'FAULT_NOT_INJECTED' });
      expect(cordonOf('node-a')).to.equal('');
    });
  });
});
