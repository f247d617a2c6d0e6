import { expect } from 'chai';
import { totalmem } from 'node:os';
import { readLocalFault } from '../../../../src/chaos/local/read-local-fault.js';

const selection = { mode: 'all', selector: { labelSelectors: { app: 'orders' } } };

function read(kind: string, spec: Record<string, unknown>) {
  return readLocalFault({ apiVersion: 'chaos-mesh.org/v1alpha1', kind, spec: { ...selection, ...spec } });
}

function faultOf(kind: string, spec: Record<string, unknown>) {
  const found = read(kind, spec);
  return found.status === 'readable' ? found.fault : found.refusals;
}

/** `code message` of every refusal. */
function refusalsOf(kind: string, spec: Record<string, unknown>): string[] {
  const found = read(kind, spec);
  return found.status === 'refused' ? found.refusals.map(({ code, message }) => `${code} ${message}`) : [];
}

describe('readLocalFault', () => {
  describe('what it can do', () => {
    it('reads the network faults of the proxy', () => {
      const delay = { action: 'delay', delay: { latency: '200ms', jitter: '10ms' } };
      expect(faultOf('NetworkChaos', delay)).to.deep.equal({
        type: 'proxy',
        fault: { type: 'delay', latencyMs: 200, jitterMs: 10, correlation: 0 },
      });
      expect(faultOf('NetworkChaos', { action: 'partition', direction: 'both' })).to.have.property(
        'type',
        'proxy',
      );
    });

    it('reads the HTTP faults of the proxy', () => {
      expect(faultOf('HTTPChaos', { target: 'Request', port: 80, abort: true })).to.have.nested.property(
        'fault.actions.abort',
        true,
      );
    });

    it('reads the pod faults', () => {
      const kill = (action: string, graceMs: number) => ({ type: 'kill', kill: { action, graceMs } });
      expect(faultOf('PodChaos', { action: 'pod-kill' })).to.deep.equal(kill('pod-kill', 0));
      expect(faultOf('PodChaos', { action: 'pod-kill', gracePeriod: 3 })).to.deep.equal(
        kill('pod-kill', 3000),
      );
      expect(faultOf('PodChaos', { action: 'pod-failure', duration: '30s' })).to.deep.equal({
        type: 'pod-failure',
      });
      const containers = { action: 'container-kill', containerNames: ['app'] };
      expect(faultOf('PodChaos', containers)).to.deep.equal(kill('container-kill', 0));
    });

    it('reads the stressors', () => {
      const stressors = { cpu: { workers: 2, load: 40 }, memory: { workers: 4, size: '256MB' } };
      expect(faultOf('StressChaos', { stressors })).to.deep.equal({
        type: 'stress',
        stress: { cpu: { workers: 2, loadPercent: 40 }, memory: { workers: 4, bytes: 256e6 } },
      });
      const share = { memory: { workers: 1, size: '1%' } };
      expect(faultOf('StressChaos', { stressors: share })).to.have.nested.property(
        'stress.memory.bytes',
        Math.floor(totalmem() / 100),
      );
      expect(faultOf('StressChaos', { stressors: { cpu: { workers: 1 } } })).to.have.nested.property(
        'stress.cpu.loadPercent',
        100,
      );
    });

    it('reads the selection', () => {
      const selector = {
        labelSelectors: { app: 'orders' },
        expressionSelectors: [{ key: 'tier', operator: 'In', values: ['1'] }],
        pods: { shop: ['orders-1'] },
        podPhaseSelectors: ['Running'],
      };
      const found = read('PodChaos', { action: 'pod-kill', mode: 'fixed', value: '2', selector });
      expect(found).to.have.deep.property('choice', {
        mode: 'fixed',
        value: '2',
        selector: {
          labelSelectors: { app: 'orders' },
          expressionSelectors: [{ key: 'tier', operator: 'In', values: ['1'] }],
          pods: { shop: ['orders-1'] },
        },
      });
    });

    it('warns that namespaces select nothing here', () => {
      const selector = { namespaces: ['shop'], labelSelectors: { app: 'orders' } };
      const found = read('PodChaos', { action: 'pod-kill', selector });
      expect(found).to.have.nested.property('warnings[0].code', 'namespaces-ignored');
      expect(found).to.have.nested.property('warnings.length', 1);
    });
  });

  describe('what needs a cluster', () => {
    const kinds = [
      ...[
        'IOChaos',
        'KernelChaos',
        'TimeChaos',
        'DNSChaos',
        'JVMChaos',
        'BlockChaos',
        'AWSChaos',
        'AzureChaos',
      ],
      ...['GCPChaos', 'PhysicalMachineChaos', 'Schedule', 'Workflow'],
    ];
    for (const kind of kinds) {
      it(`refuses ${kind} with the reason`, () => {
        expect(refusalsOf(kind, {})).to.have.length(1);
        expect(refusalsOf(kind, {})[0]).to.match(new RegExp(`^needs-a-cluster kind ${kind}: .{20}`));
      });
    }

    for (const action of ['loss', 'duplicate', 'corrupt', 'rate', 'netem']) {
      it(`refuses NetworkChaos ${action}`, () => {
        expect(refusalsOf('NetworkChaos', { action })[0]).to.match(/^needs-a-cluster spec\.action/);
      });
    }

    it('refuses a peer of a network fault', () => {
      const spec = {
        action: 'partition',
        target: { mode: 'all', selector: {} },
        externalTargets: ['example.com'],
      };
      expect(refusalsOf('NetworkChaos', spec)).to.have.length(2);
    });

    it('refuses selectors of what a replica does not have', () => {
      const selector = {
        nodes: ['node-a'],
        nodeSelectors: { zone: 'a' },
        annotationSelectors: { a: 'b' },
        fieldSelectors: { 'metadata.name': 'x' },
        podPhaseSelectors: ['Pending'],
      };
      const refusals = refusalsOf('PodChaos', { action: 'pod-kill', selector });
      expect(refusals).to.have.length(5);
      for (const refusal of refusals) expect(refusal).to.match(/^needs-a-cluster spec\.selector\./);
    });

    it('refuses options of stress-ng, whose limits it could not keep', () => {
      const stressors = { cpu: { workers: 1, options: ['--cpu-method', 'fft'] } };
      expect(refusalsOf('StressChaos', { stressors })[0]).to.match(
        /^needs-a-cluster spec\.stressors\.cpu\.options/,
      );
      expect(refusalsOf('StressChaos', { stressngStressors: '--vm 1' })[0]).to.match(/^needs-a-cluster/);
    });
  });

  describe('what is wrong', () => {
    it('asks whether another name was meant', () => {
      expect(refusalsOf('PodChoas', {})[0]).to.contain('did you mean "PodChaos"?');
      expect(refusalsOf('PodChaos', { action: 'pod-kil' })[0]).to.contain('did you mean "pod-kill"?');
      expect(refusalsOf('PodChaos', { action: 'pod-kill', gracPeriod: 1 })[0]).to.contain(
        'did you mean "gracePeriod"?',
      );
      expect(refusalsOf('PodChaos', { action: 'pod-kill', mode: 'al' })[0]).to.contain('did you mean "all"?');
      const selector = { labelSelector: { app: 'orders' } };
      expect(refusalsOf('PodChaos', { action: 'pod-kill', selector })[0]).to.contain(
        'did you mean "labelSelectors"?',
      );
      const stressors = { cpu: { worker: 1 } };
      expect(refusalsOf('StressChaos', { stressors })[0]).to.contain('did you mean "workers"?');
    });

    it('tells a number where Chaos Mesh takes a text', () => {
      const found = read('PodChaos', { action: 'pod-kill', mode: 'fixed', value: 2 });
      expect(found).to.have.nested.property('refusals[0].remedy', 'write value: "2"');
    });

    it('tells everything at once', () => {
      const spec = { action: 'pod-explode', mode: 'most', selector: { nodes: ['a'] }, duration: '30 sec' };
      expect(refusalsOf('PodChaos', spec)).to.have.length(4);
    });

    it('refuses another version of the API', () => {
      const found = readLocalFault({
        apiVersion: 'pingcap.com/v1alpha1',
        kind: 'PodChaos',
        spec: { ...selection, action: 'pod-kill' },
      });
      expect(found).to.have.nested.property('refusals[0].code', 'invalid-field');
    });

    it('refuses what has no effect at all', () => {
      expect(refusalsOf('StressChaos', {})).to.have.length(1);
      expect(refusalsOf('StressChaos', { stressors: { cpu: { workers: 1, load: 0 } } })).to.have.length(1);
      expect(refusalsOf('StressChaos', { stressors: { memory: { workers: 1 } } })).to.have.length(1);
      expect(refusalsOf('PodChaos', { action: 'container-kill' })).to.have.length(1);
    });
  });
});
