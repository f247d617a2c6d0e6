import { expect } from 'chai';
import fc from 'fast-check';
import { buildManifest } from '../../../../src/chaos/chaos-mesh/build-manifest.js';
import { checkBlastRadius } from '../../../../src/chaos/chaos-mesh/check-blast-radius.js';
import { checkNamespaces } from '../../../../src/chaos/chaos-mesh/check-namespaces.js';
import type { ChaosSight } from '../../../../src/chaos/chaos-mesh/chaos-sight.js';
import { warnAboutNotReady } from '../../../../src/chaos/chaos-mesh/check-pods.js';
import { choosePods } from '../../../../src/chaos/chaos-mesh/choose-pods.js';
import { readChaosState } from '../../../../src/chaos/chaos-mesh/read-chaos-state.js';
import { readCoverage } from '../../../../src/chaos/chaos-mesh/read-coverage.js';
import { matchesPod, namespacesOf } from '../../../../src/chaos/chaos-mesh/select-pods.js';
import { warnAboutSpec } from '../../../../src/chaos/chaos-mesh/warn-about-spec.js';
import type { PlannedFault } from '../../../../src/chaos/fault-injector.js';
import type { SelectionMode } from '../../../../src/chaos/manifest.js';
import { aChaosObject, aRecord } from '../../../support/a-chaos-object.js';
import { aPod } from '../../../support/a-pod.js';

const CONTEXT = { runId: 'run-1', namespace: 'shop', leaseMs: 90_500, turn: 1 };

function aFault(spec: Record<string, unknown> = {}, kind = 'NetworkChaos'): PlannedFault {
  return {
    name: 'delay',
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind,
      metadata: { name: 'orders-delay-1' },
      spec: { action: 'delay', mode: 'all', selector: { labelSelectors: { app: 'orders' } }, ...spec },
    },
    schedule: { atMs: 0 },
  };
}

describe('buildManifest', () => {
  it('gives every fault its place, its labels and a lease in place of its duration', () => {
    const { metadata, spec } = buildManifest(aFault({ duration: '5s' }), CONTEXT);
    expect(metadata).to.deep.equal({
      name: 'orders-delay-1',
      namespace: 'shop',
      labels: { 'plimsoll.dev/run': 'run-1', 'app.kubernetes.io/managed-by': 'plimsoll' },
    });
    expect(spec).to.include({ duration: '91s', mode: 'all' });
  });

  it('names the pods in place of mode and value', () => {
    const { spec } = buildManifest(aFault({ mode: 'fixed', value: '2' }), {
      ...CONTEXT,
      pods: { shop: ['a', 'b'] },
    });
    expect(spec).to.include({ mode: 'all' }).and.not.to.have.property('value');
    expect(spec.selector).to.deep.equal({ namespaces: ['shop'], pods: { shop: ['a', 'b'] } });
  });

  it('gives no lease to what happens once, nor to schedules and workflows, which have none', () => {
    for (const fault of [
      aFault({ action: 'pod-kill' }, 'PodChaos'),
      aFault({}, 'Schedule'),
      aFault({}, 'Workflow'),
    ]) {
      expect(buildManifest(fault, CONTEXT).spec).not.to.have.property('duration');
    }
    expect(buildManifest(aFault({ action: 'pod-failure' }, 'PodChaos'), CONTEXT).spec).to.have.property(
      'duration',
    );
  });

  it('gives a fault that comes again another name each time, never longer than Kubernetes allows', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,63}$/), fc.integer({ min: 1, max: 9999 }), (name, turn) => {
        const fault = aFault();
        const named = { ...fault, manifest: { ...fault.manifest, metadata: { name } } };
        const nameOf = (at: number) => buildManifest(named, { ...CONTEXT, turn: at }).metadata.name;
        expect(nameOf(turn))
          .to.match(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
          .and.have.length.at.most(63);
        expect(nameOf(turn)).not.to.equal(nameOf(turn + 1));
      }),
    );
  });
});

describe('choosePods', () => {
  const pods = ['a', 'b', 'c', 'd'].map((name) => aPod(name));

  it('draws the same pods for the same run, in whatever order they come', () => {
    for (const [mode, value, count] of [
      ['one', undefined, 1],
      ['fixed', '2', 2],
      ['fixed-percent', '30', 2],
      ['all', undefined, 4],
    ] as const) {
      const fault = aFault({ mode, ...(value === undefined ? {} : { value }) });
      const first = choosePods(fault, pods, { runId: 'run-1', namespace: 'shop' });
      expect(first).to.deep.equal(
        choosePods(fault, [...pods].reverse(), { runId: 'run-1', namespace: 'shop' }),
      );
      expect(first.status === 'chosen' && first.pods).to.have.length(count);
    }
  });

  it('draws among the running pods alone, and says which are not', () => {
    const some = [
      aPod('a', { phase: 'Pending' }),
      aPod('b', { deleting: true }),
      aPod('c', { ready: false }),
    ];
    const choice = choosePods(aFault(), some, { runId: 'run-1', namespace: 'shop' });
    expect(choice.status === 'chosen' && choice.pods.map(({ name }) => name)).to.deep.equal(['c']);
    expect(choice.status === 'chosen' && choice.notRunning.map(({ name }) => name)).to.deep.equal(['a', 'b']);
    const none = choosePods(aFault(), some.slice(0, 2), { runId: 'run-1', namespace: 'shop' });
    expect(none.status === 'none' && none.finding.message).to.match(/a is Pending, shop\/b is being deleted/);
    const nobody = choosePods(aFault(), [], { runId: 'run-1', namespace: 'shop' });
    expect(nobody.status === 'none' && nobody.finding).to.deep.include({
      code: 'no-target',
      message: 'the selector {"labelSelectors":{"app":"orders"}} matches no pod in shop',
      remedy:
        'Compare it with: kubectl -n shop get pods --show-labels. Chaos Mesh would accept it and do nothing.',
    });
  });
});

describe('warnAboutNotReady', () => {
  it('names targets that are sent no requests, and says how to see why', () => {
    const some = [aPod('a', { ready: false }), aPod('b'), aPod('c', { ready: false })];
    expect(warnAboutNotReady(some)[0]).to.deep.include({
      severity: 'warning',
      message: '2 of 3 targets are not ready, and are sent no requests: shop/a, shop/c',
      remedy: 'see why: kubectl -n shop describe pod a',
    });
    expect(warnAboutNotReady(some.slice(0, 1))[0]?.message).to.match(
      /^1 of 1 target is not ready, and is sent/,
    );
    expect(warnAboutNotReady([aPod('b')])).to.deep.equal([]);
  });
});

describe('matchesPod', () => {
  it('looks in the namespace of the object where the selector names none, as Chaos Mesh does', () => {
    expect(namespacesOf({}, 'shop')).to.deep.equal(['shop']);
    expect(namespacesOf({ namespaces: [] }, 'shop')).to.deep.equal(['shop']);
    expect(namespacesOf({ namespaces: ['bank'] }, 'shop')).to.deep.equal(['bank']);
    expect(namespacesOf({ namespaces: ['bank'], pods: { shop: ['a'] } }, 'bank')).to.deep.equal(['shop']);
  });

  it('looks at nothing but names where pods are named, as Chaos Mesh does', () => {
    const selector = { labelSelectors: { app: 'other' }, pods: { shop: ['a'] } };
    expect(matchesPod(selector, aPod('a'))).to.equal(true);
    expect(matchesPod(selector, aPod('b', { labels: { app: 'other' } }))).to.equal(false);
    expect(matchesPod(selector, aPod('a', { namespace: 'elsewhere' }))).to.equal(false);
  });

  it('asks for labels, annotations, phase and node together', () => {
    const selector = {
      labelSelectors: { app: 'orders' },
      annotationSelectors: { chaos: 'yes' },
      podPhaseSelectors: ['Running'],
    };
    const pod = aPod('a', { annotations: { chaos: 'yes' } });
    expect(matchesPod(selector, pod, new Set(['node-a']))).to.equal(true);
    expect(matchesPod(selector, pod, new Set(['node-b']))).to.equal(false);
    expect(matchesPod(selector, aPod('a'))).to.equal(false);
    expect(matchesPod(selector, { ...pod, phase: 'Pending' })).to.equal(false);
  });
});

describe('readCoverage', () => {
  const carriers = [aPod('orders-1'), aPod('orders-2')];
  const records = carriers.map(({ id }) => aRecord('Injected', 1, 0, undefined, id));

  function coverage(...input: Parameters<typeof read>): number {
    return read(...input).coverage;
  }

  function read(
    pods: readonly ReturnType<typeof aPod>[],
    mode: SelectionMode = 'all',
    value?: string,
    those: Parameters<typeof aChaosObject>[1] = records,
  ) {
    const object = aChaosObject({ AllInjected: true }, those);
    const sight: ChaosSight = {
      presence: 'present',
      object,
      state: readChaosState(object),
      seenAtMs: 0,
      complete: true,
    };
    const choice = { selector: {}, mode, ...(value === undefined ? {} : { value }) };
    return readCoverage({ sight, carriers, pods, choice, oneShot: false, composite: false });
  }

  it('falls as pods come that do not carry the fault, once they serve', () => {
    expect(coverage(carriers)).to.equal(1);
    expect(coverage([...carriers, aPod('orders-3', { ready: false })])).to.equal(1);
    expect(coverage([...carriers, aPod('orders-3'), aPod('orders-4')])).to.equal(0.5);
  });

  it('names those without it, and says which of them came later', () => {
    const only = [aRecord('Injected', 1, 0, undefined, 'shop/orders-1')];
    expect(read([...carriers, aPod('orders-3')], 'all', undefined, only).detail).to.equal(
      '1 of 3 pods that should carry it do; without it: shop/orders-2, shop/orders-3, which started after the fault was put in',
    );
    expect(read(carriers, 'all', undefined, only).detail).to.match(/without it: shop\/orders-2$/);
  });

  it('counts a pod that the fault itself made unready, and none that was replaced under its name', () => {
    expect(coverage([aPod('orders-1', { ready: false }), aPod('orders-2')])).to.equal(1);
    expect(coverage([aPod('orders-1', { uid: 'another' }), aPod('orders-2')])).to.equal(0.5);
    expect(coverage([])).to.equal(0);
  });

  it('counts no record of the other side of a network fault, into which nothing is put', () => {
    const target = { ...aRecord('Injected', 1, 0, undefined, 'shop/orders-2'), selectorKey: '.Target' };
    const only = [aRecord('Injected', 1, 0, undefined, 'shop/orders-1'), target];
    expect(coverage(carriers, 'all', undefined, only)).to.equal(0.5);
  });

  it('asks of each mode only what it promises', () => {
    const more = [...carriers, aPod('orders-3'), aPod('orders-4')];
    expect(coverage(more, 'fixed', '2')).to.equal(1);
    expect(coverage(more, 'fixed-percent', '50')).to.equal(1);
    expect(coverage([...more, aPod('orders-5')], 'fixed-percent', '50')).to.be.closeTo(2 / 3, 1e-9);
  });
});

describe('the guards of a cluster', () => {
  const targets = [aPod('a'), aPod('b')];
  const service = { id: 'shop/orders', selector: {}, pods: [...targets, aPod('c')] };
  const guards = { maxPercent: 100, minHealthy: 1 };
  const codes = (kind: string, changed: Partial<typeof guards & { maxTargets: number }> = {}) =>
    checkBlastRadius(aFault({}, kind).manifest, targets, [service], { ...guards, ...changed }).map(
      ({ code }) => code,
    );

  it('hold count, share and the replicas that must stay', () => {
    expect(codes('PodChaos')).to.deep.equal([]);
    expect(codes('PodChaos', { minHealthy: 2 })).to.deep.equal(['no-healthy-replica']);
    expect(codes('NetworkChaos', { minHealthy: 2 })).to.deep.equal([]);
    expect(codes('NetworkChaos', { maxPercent: 66 })).to.deep.equal(['blast-radius']);
    expect(codes('NetworkChaos', { maxTargets: 1 })).to.deep.equal(['blast-radius']);
  });

  it('hold namespaces wherever a selector stands', () => {
    const config = { namespace: 'shop', guards, services: {} };
    const elsewhere = { selector: { namespaces: ['bank'] }, mode: 'all' };
    expect(checkNamespaces(config, aFault())).to.deep.equal([]);
    for (const fault of [
      aFault(elsewhere),
      aFault({ target: elsewhere }),
      aFault({ selector: { pods: { bank: ['a'] } } }),
      aFault({ type: 'PodChaos', podChaos: elsewhere }, 'Schedule'),
      aFault({ templates: [{ templateType: 'PodChaos', podChaos: elsewhere }] }, 'Workflow'),
      aFault({ selector: { physicalMachines: { bank: ['a'] } } }, 'PhysicalMachineChaos'),
      aFault({ tls: { secretName: 'tls', secretNamespace: 'bank' } }, 'HTTPChaos'),
    ]) {
      expect(checkNamespaces(config, fault).map(({ code }) => code)).to.deep.equal(['namespace-not-allowed']);
    }
  });
});

describe('warnAboutSpec', () => {
  const codes = (spec: Record<string, unknown>, kind = 'NetworkChaos') =>
    warnAboutSpec(aFault(spec, kind).manifest).map(({ code, severity }) => `${severity} ${code}`);

  it('knows what misses its aim though it is right', () => {
    const target = { mode: 'all', selector: {} };
    expect(codes({})).to.deep.equal([]);
    expect(codes({ direction: 'both', target })).to.deep.equal([]);
    expect(codes({ target })).to.deep.equal(['warning misses-services']);
    expect(codes({ action: 'partition', direction: 'both', externalTargets: ['a'] })).to.deep.equal([]);
    expect(codes({ remoteCluster: 'far' })).to.deep.equal(['warning remote-cluster']);
  });
});
