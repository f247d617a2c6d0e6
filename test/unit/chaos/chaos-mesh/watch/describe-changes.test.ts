import { expect } from 'chai';
import { readPod } from '../../../../../src/chaos/chaos-mesh/pod.js';
import { describePodChange } from '../../../../../src/chaos/chaos-mesh/watch/describe-pod-change.js';
import { describeNodeChange, readNode } from '../../../../../src/chaos/chaos-mesh/watch/node.js';
import { aPod } from '../../../../support/a-pod.js';

const NOBODY = new Set<string>();

describe('describePodChange', () => {
  it('tells of readiness, deletion and end', () => {
    const [ready, unready] = [aPod('a'), aPod('a', { ready: false })];
    expect(describePodChange(ready, unready, NOBODY)).to.include({ kind: 'pod-not-ready', target: 'shop/a' });
    expect(describePodChange(unready, ready, NOBODY)).to.include({ kind: 'pod-ready' });
    expect(describePodChange(ready, { ...ready, deleting: true }, NOBODY)).to.include({
      kind: 'pod-deleted',
    });
    expect(describePodChange(ready, undefined, NOBODY)).to.include({ kind: 'pod-gone' });
    expect(describePodChange(ready, ready, NOBODY)).to.equal(undefined);
  });

  it('tells of a restart with the end that came before it', () => {
    const after = aPod('a', { restarts: 2, lastEnd: 'app: OOMKilled, exit code 137' });
    expect(describePodChange(aPod('a', { restarts: 1 }), after, NOBODY)?.message).to.equal(
      'a container of shop/a was restarted (2 in all; it ended before: app: OOMKilled, exit code 137)',
    );
  });

  it('says which pod lacks the fault, where one is in', () => {
    const carriers = new Set([aPod('a').uid]);
    const message = (name: string, who: ReadonlySet<string>) =>
      describePodChange(undefined, aPod(name), who)?.message;
    expect(message('b', carriers)).to.equal('shop/b is ready, and does not carry the fault');
    expect(message('a', carriers)).to.equal('shop/a is ready');
    expect(message('b', NOBODY)).to.equal('shop/b is ready');
  });
});

describe('readPod', () => {
  it('knows how the container ended that was started again last', () => {
    const terminated = (name: string, finishedAt: string, more: object) => ({
      name,
      restartCount: 1,
      lastState: { terminated: { finishedAt, ...more } },
    });
    const containerStatuses = [
      terminated('app', '2026-01-01T00:00:09Z', { reason: 'Error', exitCode: 1 }),
      terminated('proxy', '2026-01-01T00:00:01Z', { reason: 'OOMKilled', exitCode: 137 }),
    ];
    const pod = readPod({ metadata: { name: 'a' }, status: { containerStatuses } });
    expect(pod).to.include({ restarts: 2, lastEnd: 'app: Error, exit code 1' });
    expect(readPod({ metadata: { name: 'a' }, status: {} })).not.to.have.property('lastEnd');
  });
});

describe('describeNodeChange', () => {
  const node = (ready = 'True', conditions: readonly object[] = [], spec: Record<string, unknown> = {}) =>
    readNode({
      metadata: { name: 'n1' },
      spec,
      status: { conditions: [{ type: 'Ready', status: ready }, ...conditions] },
    });
  const messages = (...nodes: Parameters<typeof describeNodeChange>) =>
    describeNodeChange(...nodes).map(({ message }) => message);
  const pressure = [
    { type: 'MemoryPressure', status: 'True' },
    { type: 'DiskPressure', status: 'False' },
  ];

  it('has nothing to say of a sound node, and says all that is wrong with another at first sight', () => {
    expect(messages(undefined, node())).to.deep.equal([]);
    expect(messages(undefined, node('Unknown', pressure, { unschedulable: true }))).to.deep.equal([
      'node n1 is not ready: its kubelet does not report',
      'node n1 has MemoryPressure',
      'node n1 takes no new pods: it was cordoned',
    ]);
  });

  it('tells of each turn to the worse and back', () => {
    const bad = node('False', pressure, { unschedulable: true });
    expect(messages(node(), bad)).to.deep.equal([
      'node n1 is not ready',
      'node n1 has MemoryPressure',
      'node n1 takes no new pods: it was cordoned',
    ]);
    expect(messages(bad, node())).to.deep.equal([
      'node n1 is ready',
      'node n1 no longer has MemoryPressure',
      'node n1 takes new pods again',
    ]);
    expect(messages(bad, bad)).to.deep.equal([]);
    expect(messages(node(), undefined)).to.deep.equal(['node n1 is gone']);
  });
});
