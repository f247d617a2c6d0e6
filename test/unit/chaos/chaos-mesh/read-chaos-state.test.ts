import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { describeFailure } from '../../../../src/chaos/chaos-mesh/chaos-state.js';
import { PAUSE_ANNOTATION, readChaosState } from '../../../../src/chaos/chaos-mesh/read-chaos-state.js';
import type { KubeObject } from '../../../../src/shared/kubernetes/kube-client.js';
import { packageRoot } from '../../../../src/shared/package-root.js';
import { aChaosObject, aRecord } from '../../../support/a-chaos-object.js';

describe('readChaosState', () => {
  describe('on watch streams of a real cluster', () => {
    it('follows a partition in and, when its duration is over, out again', () => {
      expect(statusesOf('partition-recovered')).to.deep.equal([
        'selecting',
        'injecting',
        'injected',
        'recovering',
        'recovered',
      ]);
    });

    it('takes kills and failures of pods as injected, which they stay until they are deleted', () => {
      for (const capture of ['pod-kill', 'container-kill', 'pod-failure']) {
        expect(statusesOf(capture), capture).to.deep.equal(['selecting', 'injecting', 'injected']);
      }
    });

    it('goes on selecting where no target matches', () => {
      expect(statusesOf('no-target')).to.deep.equal(['selecting']);
    });

    it('never sees an injection, and the reason, where the daemon is away or the kernel cannot', () => {
      expect(statusesOf('delay-kernel-lacks-netem')).to.deep.equal(['selecting', 'injecting']);
      // Its duration ran out in the meantime, with the injection still tried again and again.
      expect(statusesOf('delay-daemon-away')).to.deep.equal(['selecting', 'injecting', 'recovering']);
      const last = readChaosState(objectsOf('delay-daemon-away').at(-1)!);
      expect(describeFailure(last)).to.match(/^default\/web-\S+: .*daemon/);
    });
  });

  it('knows an injection only by every record and the condition together', () => {
    const injected = aChaosObject({ AllInjected: true }, [aRecord('Injected', 1, 0)]);
    expect(readChaosState(injected).status).to.equal('injected');
    for (const object of [
      aChaosObject({ AllInjected: false }, [aRecord('Injected', 1, 0)]),
      aChaosObject({ AllInjected: true }, [aRecord('Injected', 1, 0), aRecord('Not Injected/Wait', 0, 0)]),
      aChaosObject({ AllInjected: true }, [aRecord('Injected', 0, 0)]),
      aChaosObject({ AllInjected: true, Selected: false }, [aRecord('Injected', 1, 0)]),
    ]) {
      expect(readChaosState(object).status).to.equal('injecting');
    }
    expect(readChaosState(aChaosObject({ AllInjected: true }, [])).status).to.equal('selecting');
  });

  it('does not take AllRecovered for a recovery where nothing was ever injected', () => {
    const notRunning = [aRecord('Not Injected', 0, 0, 'pod is not running')];
    const recovered = { AllRecovered: true, AllInjected: false };
    expect(readChaosState(aChaosObject(recovered, notRunning)).status).to.equal('injecting');
    expect(readChaosState(aChaosObject(recovered, notRunning, { desiredPhase: 'Stop' })).status).to.equal(
      'never-injected',
    );
  });

  it('knows a recovery only by both conditions and every record together', () => {
    const stop = { desiredPhase: 'Stop' };
    const both = { AllRecovered: true, AllInjected: false };
    const free = aRecord('Not Injected', 1, 1);
    expect(readChaosState(aChaosObject(both, [free], stop)).status).to.equal('recovered');
    for (const object of [
      aChaosObject({ ...both, AllInjected: true }, [free], stop),
      aChaosObject({ ...both, AllRecovered: false }, [free], stop),
      aChaosObject(both, [free, aRecord('Injected/Wait', 1, 0)], stop),
      aChaosObject(both, [free, aRecord('Not Injected', 2, 1)], stop),
      aChaosObject(both, [free, aRecord('Not Injected/Wait', 0, 0)], stop),
    ]) {
      expect(readChaosState(object).status).to.equal('recovering');
    }
  });

  it('tells a pause from a recovery, and the injection after it from the first', () => {
    const free = [aRecord('Not Injected', 1, 1)];
    const conditions = { AllRecovered: true, AllInjected: false, Paused: true };
    expect(readChaosState(aChaosObject(conditions, free, { desiredPhase: 'Stop' })).status).to.equal(
      'paused',
    );
    const asked = aChaosObject({ AllInjected: true }, [aRecord('Injected', 1, 0)], {
      annotations: { [PAUSE_ANNOTATION]: 'true' },
    });
    expect(readChaosState(asked).status).to.equal('paused');
    const again = aChaosObject({ AllInjected: true }, [aRecord('Injected', 2, 1)]);
    expect(readChaosState(again).status).to.equal('injected');
  });

  it('reads the way out of a paused fault that is deleted', () => {
    const deleted = aChaosObject(
      { AllRecovered: true, AllInjected: false, Paused: true },
      [aRecord('Not Injected', 1, 1)],
      { annotations: { [PAUSE_ANNOTATION]: 'true' }, deleting: true },
    );
    expect(readChaosState(deleted)).to.include({ status: 'recovered', deleting: true });
  });

  it('takes the records of a deleted object for proof, since it goes before its conditions are written', () => {
    const injected = { AllInjected: true, AllRecovered: false };
    const deleted = { desiredPhase: 'Stop', deleting: true };
    const free = aRecord('Not Injected', 1, 1);
    expect(readChaosState(aChaosObject(injected, [free, free], deleted)).status).to.equal('recovered');
    const half = [free, aRecord('Injected', 1, 0)];
    expect(readChaosState(aChaosObject(injected, half, deleted)).status).to.equal('recovering');
  });

  it('shows the failure only while it is the newest that happened', () => {
    const healed = aRecord('Injected', 1, 0);
    const failing = aRecord('Not Injected/Wait', 0, 0, 'no daemon');
    expect(describeFailure(readChaosState(aChaosObject({}, [failing])))).to.equal('shop/orders-1: no daemon');
    expect(describeFailure(readChaosState(aChaosObject({}, [healed])))).to.equal(undefined);
  });

  it('reads any order of conditions alike, and objects that hold nothing at all', () => {
    const objects = objectsOf('partition-recovered');
    fc.assert(
      fc.property(
        fc.nat(objects.length - 1),
        fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
        (index, ranks) => {
          const object = objects[index]!;
          const conditions = object.status?.conditions as unknown[] | undefined;
          if (conditions === undefined) return;
          const shuffled = conditions
            .map((condition, at) => ({ condition, rank: ranks[at] ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ condition }) => condition);
          const changed = { ...object, status: { ...object.status, conditions: shuffled } };
          expect(readChaosState(changed)).to.deep.equal(readChaosState(object));
        },
      ),
    );
    expect(readChaosState({ metadata: { name: 'x' } }).status).to.equal('selecting');
    const empty = { metadata: { name: 'x', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(readChaosState(empty).status).to.equal('never-injected');
  });
});

function objectsOf(capture: string): KubeObject[] {
  const path = join(packageRoot, 'test/fixtures/chaos-mesh', `${capture}.watch.jsonl`);
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { object: KubeObject }).object);
}

/** What was read one after the other, without repetitions. */
function statusesOf(capture: string): string[] {
  const statuses = objectsOf(capture).map((object) => readChaosState(object).status);
  return statuses.filter((status, index) => status !== statuses[index - 1]);
}
