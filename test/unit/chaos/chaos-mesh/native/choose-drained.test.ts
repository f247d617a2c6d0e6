import { expect } from 'chai';
import { chooseNodes } from '../../../../../src/chaos/chaos-mesh/native/choose-nodes.js';
import { readDrainSpec } from '../../../../../src/chaos/chaos-mesh/native/drain-spec.js';
import { readNode } from '../../../../../src/chaos/chaos-mesh/native/node.js';
import { type NodePod, sortNodePods } from '../../../../../src/chaos/chaos-mesh/native/sort-node-pods.js';
import { aNativeFault } from '../../../../support/a-native-fault.js';
import { aPod } from '../../../../support/a-pod.js';
import { aNode } from '../../../../support/fake-nodes.js';

const specOf = (spec: Record<string, unknown>) => readDrainSpec(aNativeFault('NodeDrain', spec).manifest);
const BY_LABEL = { nodes: undefined, nodeSelector: { pool: 'blue' } };

describe('the nodes that a drain takes', () => {
  const nodes = ['a', 'b', 'c'].map((name) => readNode(aNode(name)));

  function choose(spec: Record<string, unknown>, all = nodes, seed = 'run-1 drain') {
    const { nodes: chosen, findings } = chooseNodes(specOf(spec), all, seed);
    return [
      chosen.map(({ id }) => id).join(),
      ...findings.map(({ severity, code }) => `${severity} ${code}`),
    ];
  }

  it('are those of the names or the labels, drawn by the run', () => {
    expect(choose({ nodes: ['b'] })).to.deep.equal(['b']);
    expect(choose({ ...BY_LABEL, mode: 'fixed', value: '2' })[0]).to.match(/^., .$|^.,.$/);
    expect(choose({ ...BY_LABEL, mode: 'one' })).to.deep.equal(
      choose({ ...BY_LABEL, mode: 'one' }, [...nodes].reverse()),
    );
    expect(choose({ nodeSelector: { pool: 'green' } })).to.deep.equal(['', 'stop no-target']);
    expect(choose({ nodes: ['a', 'z'] })).to.deep.equal(['a', 'stop no-target']);
  });

  it('are not all that there are, unless that is what is tried', () => {
    expect(choose({ ...BY_LABEL, mode: 'all' })).to.deep.equal(['a,b,c', 'stop last-node']);
    expect(choose({ ...BY_LABEL, mode: 'all', allowLastNode: true })).to.deep.equal(['a,b,c']);
    const rest = [...nodes.slice(0, 1), readNode(aNode('b', { unschedulable: true }))];
    expect(choose({ nodes: ['a'] }, rest)).to.deep.equal(['a', 'stop last-node']);
  });

  it('are never cordoned already, nor away', () => {
    const cordoned = readNode(
      aNode('a', { unschedulable: true, annotations: { 'plimsoll.dev/cordoned-by': 'run-9' } }),
    );
    const away = { ...readNode(aNode('a')), ready: false };
    expect(choose({ nodes: ['a'] }, [cordoned, ...nodes.slice(1)])).to.deep.equal(['', 'stop node-cordoned']);
    expect(choose({ nodes: ['a'] }, [away, ...nodes.slice(1)])).to.deep.equal(['', 'stop node-not-ready']);
    const one = choose({ ...BY_LABEL, mode: 'one' }, [cordoned, ...nodes.slice(1)]);
    expect(one[0]).to.match(/^[bc]$/);
    expect(one[1]).to.equal('warning node-cordoned');
    const [finding] = chooseNodes(specOf({ nodes: ['a'] }), [cordoned], 's').findings;
    expect(finding?.message).to.include('by run run-9');
    expect(finding?.remedy).to.include('plimsoll sweep');
  });
});

describe('the pods that a drain takes', () => {
  const config = { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 0 }, services: {} };
  const pod = (name: string, more: Partial<NodePod> = {}): NodePod => ({
    ...aPod(name),
    hasEmptyDir: false,
    ...more,
  });

  function sort(
    pods: readonly NodePod[],
    spec: Record<string, unknown> = {},
    namespaces?: readonly string[],
  ) {
    const guards = { ...config.guards, ...(namespaces === undefined ? {} : { namespaces }) };
    const { evict, left, findings } = sortNodePods(specOf(spec), pods, { ...config, guards }, 'shop/own');
    return {
      evict: evict.map(({ name }) => name),
      left: [...left].map(([reason, some]) => `${some.map(({ name }) => name).join()} ${reason}`),
      codes: findings.map(({ code }) => code),
    };
  }

  it('leave out those that would come back at once, that keep the cluster alive, and Plimsoll itself', () => {
    const pods = [
      pod('a'),
      pod('b', { owner: 'DaemonSet/logs' }),
      pod('c', { annotations: { 'kubernetes.io/config.mirror': 'x' }, owner: 'Node/a' }),
      pod('d', { namespace: 'kube-system' }),
      pod('e', { namespace: 'chaos-mesh' }),
      pod('f', { labels: { 'app.kubernetes.io/managed-by': 'plimsoll' } }),
      pod('own'),
      pod('g', { phase: 'Succeeded' }),
      pod('h', { deleting: true }),
    ];
    expect(sort(pods)).to.deep.equal({
      evict: ['a'],
      left: [
        'b of a DaemonSet',
        'c of the kubelet itself',
        'd in kube-system',
        'e in chaos-mesh',
        'f,own of Plimsoll or Chaos Mesh itself',
        'g that are over',
        'h that are being deleted already',
      ],
      codes: [],
    });
  });

  it('are limited by namespaces and labels', () => {
    const pods = [pod('a'), pod('b', { labels: { app: 'cart' } }), pod('c', { namespace: 'bank' })];
    const limited = sort(pods, { pods: { namespaces: ['shop'], labelSelectors: { app: 'orders' } } });
    expect(limited).to.deep.equal({ evict: ['a'], left: ['b,c that spec.pods does not select'], codes: [] });
    expect(sort(pods).codes).to.deep.equal(['namespace-not-allowed']);
    expect(sort(pods, {}, ['shop', 'bank'])).to.deep.include({ evict: ['a', 'b', 'c'], codes: [] });
  });

  it('are not lost with data or for good without a word', () => {
    const pods = [pod('a', { hasEmptyDir: true }), pod('b', { owner: '' })];
    expect(sort(pods).codes).to.deep.equal(['no-owner', 'empty-dir-data']);
    expect(sort(pods, { deleteEmptyDirData: true }).codes).to.deep.equal(['no-owner']);
  });
});
