import { expect } from 'chai';
import { checkManifest, warnAboutManifest } from '../../../src/experiments/check-manifest.js';

const PODS = { mode: 'all', selector: { labelSelectors: { app: 'orders' } } };

function problemsOf(kind: string, spec: Record<string, unknown>): readonly string[] {
  const manifest = { apiVersion: 'chaos-mesh.org/v1alpha1', kind, spec };
  return checkManifest(manifest, []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('checkManifest', () => {
  const cases: readonly [string, spec: Record<string, unknown>, problems: readonly string[]][] = [
    // By the CRD.
    ['IOChaos', { ...PODS, action: 'latency', delay: '10ms', volumePath: '/data' }, []],
    [
      'IOChaos',
      { ...PODS, action: 'latancy', delay: '10ms', volumePath: '/data', percent: '50' },
      [
        'spec.action: IOChaos spec.action must be one of "latency", "fault", "attrOverride", "mistake", not "latancy"; did you mean "latency"?',
        'spec.percent: IOChaos spec.percent must be a number, not text; take it out of its quotes: 50',
      ],
    ],
    [
      'DNSChaos',
      { ...PODS, action: 'error', pattern: ['shop.*'] },
      ['spec.pattern: unknown field "pattern" in DNSChaos spec; did you mean "patterns"?'],
    ],
    ['TimeChaos', PODS, ['spec.timeOffset: missing field "timeOffset" in TimeChaos spec']],
    [
      'TimeChaos',
      { ...PODS, timeOffset: '-10m', duration: 30 },
      ['spec.duration: cannot read 30: a duration needs a unit (30ms, 30s)'],
    ],
    [
      'KernelChaos',
      { ...PODS, mode: 'fixed', value: 1, failKernRequest: { failtype: 0 } },
      ['spec.value: KernelChaos spec.value must be text; put it in quotes: "1"'],
    ],
    // Beyond it.
    [
      'JVMChaos',
      { ...PODS, action: 'latency', class: 'Main' },
      [
        'spec.action: action "latency" needs "method"',
        'spec.action: action "latency" needs its settings in "latency"',
      ],
    ],
    [
      'JVMChaos',
      { ...PODS, action: 'stress', cpuCount: 1, memType: 'heap' },
      [
        'spec.memType: a JVMChaos stresses either the processor or the memory: drop one of "cpuCount", "memType"',
      ],
    ],
    [
      'JVMChaos',
      { ...PODS, action: 'stress' },
      ['spec.action: action "stress" needs one of "cpuCount", "memType"'],
    ],
    [
      'GCPChaos',
      { action: 'disk-loss', project: 'p', zone: 'z', instance: 'i' },
      ['spec.action: action "disk-loss" needs "deviceNames"'],
    ],
    [
      'PhysicalMachineChaos',
      { action: 'stress-cpu', mode: 'all', address: ['10.0.0.1:31767'] },
      ['spec.action: action "stress-cpu" needs its settings in "stress-cpu"'],
    ],
    [
      'NetworkChaos',
      { ...PODS, action: 'netem' },
      ['spec.action: action "netem" needs one of "delay", "loss", "duplicate", "corrupt", "rate"'],
    ],
    [
      'NetworkChaos',
      { ...PODS, action: 'delay', delay: { latency: '1ms' }, direction: 'both' },
      ['spec.direction: direction "both" needs a "target": {mode, selector}'],
    ],
    [
      'NetworkChaos',
      {
        ...PODS,
        action: 'delay',
        delay: { latency: '1ms' },
        direction: 'from',
        externalTargets: ['a.example'],
      },
      ['spec.externalTargets: "externalTargets" cannot stand beside direction "from"; use direction: to'],
    ],
    ['NetworkChaos', { ...PODS, action: 'partition', direction: 'both', externalTargets: ['a.example'] }, []],
    ['NetworkChaos', { ...PODS, action: 'delay', delay: { latency: '1ms' }, direction: 'to' }, []],
    [
      'Schedule',
      { schedule: '@every 10s', type: 'PodChaos', networkChaos: { ...PODS, action: 'netem', dalay: {} } },
      [
        'spec.networkChaos.dalay: unknown field "dalay" in Schedule spec.networkChaos; did you mean "delay"?',
        'spec.type: type "PodChaos" needs its spec in "podChaos"',
      ],
    ],
    // Faults inside others.
    [
      'Schedule',
      { schedule: '@every 10s', type: 'NetworkChaos', networkChaos: { ...PODS, action: 'netem' } },
      [
        'spec.networkChaos.action: action "netem" needs one of "delay", "loss", "duplicate", "corrupt", "rate"',
      ],
    ],
    [
      'Workflow',
      {
        entry: 'all',
        templates: [
          { name: 'all', templateType: 'Serial', children: ['cut', 'kill'] },
          {
            name: 'cut',
            templateType: 'NetworkChaos',
            networkChaos: { ...PODS, action: 'delay', delay: { latency: '1ms' }, direction: 'from' },
          },
          { name: 'kill', templateType: 'PodChaos' },
        ],
      },
      [
        'spec.templates.1.networkChaos.direction: direction "from" needs a "target": {mode, selector}',
        'spec.templates.2.templateType: templateType "PodChaos" needs its spec in "podChaos"',
      ],
    ],
    [
      'Schedule',
      { schedule: '@every 10s', type: 'Workflow', workflow: { entry: 'a', templates: [] } },
      [
        'spec.type: a Workflow inside a Schedule makes faults that cannot be followed, and so not proven to be gone; make it a fault of the experiment by itself',
      ],
    ],
    [
      'Workflow',
      {
        entry: 'a',
        templates: [
          { name: 'a', templateType: 'Schedule', schedule: { schedule: '@every 1m', type: 'PodChaos' } },
        ],
      },
      [
        'spec.templates.0.templateType: a Schedule inside a Workflow makes faults that cannot be followed, and so not proven to be gone; make it a fault of the experiment by itself',
      ],
    ],
  ];
  for (const [kind, spec, problems] of cases) {
    it(`finds in ${kind} ${JSON.stringify(spec)}: ${problems.length === 0 ? 'nothing' : problems.join('; ')}`, () => {
      expect(problemsOf(kind, spec)).to.deep.equal(problems);
    });
  }

  it('lets a kind pass that it does not know, and says so', () => {
    const manifest = { apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'NodeChaos', spec: { anything: [1] } };
    expect(checkManifest(manifest, [])).to.be.empty;
    expect(warnAboutManifest(manifest, ['faults', 0, 'manifest'])).to.deep.equal([
      {
        path: ['faults', 0, 'manifest', 'kind'],
        at: 'value',
        message:
          'kind "NodeChaos" is not known to this version of Plimsoll: its fields are checked by the cluster alone; did you mean "PodChaos"?',
      },
    ]);
  });

  it('takes for a slip what is near a kind that it knows', () => {
    for (const kind of ['NetworkChoas', 'podchaos', 'Workfow']) {
      expect(problemsOf(kind, {}).join(), kind).to.match(/is no kind of fault in Chaos Mesh; did you mean/);
      expect(warnAboutManifest({ apiVersion: 'chaos-mesh.org/v1alpha1', kind }, [])).to.be.empty;
    }
  });

  describe("of Plimsoll's own faults", () => {
    const own: readonly [kind: string, spec: Record<string, unknown>, problems: readonly string[]][] = [
      ['PodEviction', PODS, []],
      [
        'PodEviction',
        { ...PODS, mode: 'fixed', gracePeriod: 3 },
        [
          'spec.gracePeriod: unknown field "gracePeriod" in PodEviction spec',
          'spec.mode: mode "fixed" needs a "value", such as value: "1"',
        ],
      ],
      [
        'NodeDrain',
        { mode: 'one', nodeSelector: { pool: 'blue' }, pods: { namespaces: ['shop'] }, timeout: '1m' },
        [],
      ],
      ['NodeDrain', { mode: 'one' }, ['spec: a NodeDrain has either "nodes" or "nodeSelector"']],
      [
        'NodeDrain',
        { mode: 'one', nodes: ['a'], nodeSelector: {}, timeout: 5 },
        [
          'spec.nodeSelector: name at least one label, such as pool: blue',
          'spec.timeout: cannot read 5: a duration needs a unit (5ms, 5s)',
          'spec: a NodeDrain has either "nodes" or "nodeSelector"',
        ],
      ],
    ];
    for (const [kind, spec, problems] of own) {
      it(`finds in ${kind} ${JSON.stringify(spec)}: ${problems.length === 0 ? 'nothing' : problems.join('; ')}`, () => {
        const issues = checkManifest({ apiVersion: 'plimsoll.dev/v1', kind, spec }, []);
        expect(issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).to.have.members(problems);
      });
    }

    it('keeps the versions of both apart', () => {
      const message = (apiVersion: string, kind: string) =>
        checkManifest({ apiVersion, kind, spec: {} }, [])[0]?.message;
      expect(message('chaos-mesh.org/v1alpha1', 'NodeDrain')).to.equal(
        "NodeDrain is a fault of Plimsoll's own: write apiVersion: plimsoll.dev/v1",
      );
      expect(message('plimsoll.dev/v1', 'PodChaos')).to.equal(
        'PodChaos is a fault of Chaos Mesh: write apiVersion: chaos-mesh.org/v1alpha1',
      );
      expect(message('plimsoll.dev/v1', 'NodeDrian')).to.match(
        /no kind of fault among Plimsoll's own; did you mean "NodeDrain"/,
      );
      expect(message('v1', 'Pod')).to.include('or "plimsoll.dev/v1" of Plimsoll\'s own faults, not "v1"');
    });
  });

  it('warns of no kind that it knows', () => {
    for (const kind of ['NetworkChaos', 'Schedule'])
      expect(warnAboutManifest({ apiVersion: 'chaos-mesh.org/v1alpha1', kind }, [])).to.be.empty;
  });
});
