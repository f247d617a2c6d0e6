import { expect } from 'chai';
import { readRunnerPod } from '../../../../src/bench/runners/runner-pod.js';

const stateOf = (status: Record<string, unknown>, metadata: Record<string, string> = {}): unknown =>
  readRunnerPod({ metadata: { name: 'k6-0', uid: 'u', ...metadata }, status }, () => 0).state;
const container = (state: Record<string, unknown>): Record<string, unknown> => ({
  phase: 'Pending',
  containerStatuses: [{ state }],
});

describe('readRunnerPod', () => {
  it('says that a pod runs once its container does', () => {
    expect(stateOf({ phase: 'Running', containerStatuses: [{ state: { running: {} } }] })).to.deep.equal({
      kind: 'running',
    });
    expect(stateOf(container({ waiting: { reason: 'ContainerCreating' } }))).to.deep.equal({
      kind: 'waiting',
      reason: 'its container is being created',
    });
  });

  it('says why a pod finds no node', () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes: Insufficient cpu.',
      },
    ];
    expect(stateOf({ phase: 'Pending', conditions })).to.deep.equal({
      kind: 'waiting',
      reason: 'Unschedulable: 0/1 nodes: Insufficient cpu.',
    });
  });

  it('gives a pod up whose image cannot be had, but not at the first attempt', () => {
    expect(
      stateOf(container({ waiting: { reason: 'ErrImagePull', message: 'no such host' } })),
    ).to.deep.equal({
      kind: 'waiting',
      reason: 'ErrImagePull: no such host',
    });
    for (const reason of ['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']) {
      expect(stateOf(container({ waiting: { reason, message: 'x' } }))).to.deep.equal({
        kind: 'lost',
        reason: `${reason}: x`,
      });
    }
  });

  it('says how a pod came to its end', () => {
    const evicted = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    expect(stateOf(evicted)).to.deep.equal({
      kind: 'lost',
      reason: 'Evicted: The node was low on resource: memory.',
    });
    const killed = { terminated: { reason: 'OOMKilled', exitCode: 137 } };
    expect(stateOf({ phase: 'Failed', containerStatuses: [{ state: killed }] })).to.deep.equal({
      kind: 'lost',
      reason: 'OOMKilled: exit code 137',
    });
    const running = { phase: 'Running', containerStatuses: [{ state: { running: {} } }] };
    expect(stateOf(running, { deletionTimestamp: 'x' })).to.deep.equal({
      kind: 'lost',
      reason: 'it was deleted',
    });
    const conditions = [
      { type: 'DisruptionTarget', status: 'True', reason: 'Preemption', message: 'preempted' },
    ];
    expect(stateOf({ ...running, conditions }, { deletionTimestamp: 'x' })).to.deep.equal({
      kind: 'lost',
      reason: 'it was deleted: preempted',
    });
  });
});
