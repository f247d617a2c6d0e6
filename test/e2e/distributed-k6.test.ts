import { expect } from 'chai';
import { createTape } from '../../src/bench/create-tape.js';
import type { K6Binary } from '../../src/bench/k6/find-k6.js';
import { JOB_ENGINE } from '../../src/bench/k6-job/job-engine.js';
import type { LoadOutcome, TapeWriter } from '../../src/bench/load-generator.js';
import { ALL_ENDPOINTS } from '../../src/bench/measurement.js';
import { buildRoles } from '../../src/chaos/chaos-mesh/build-role.js';
import { PlimsollError } from '../../src/shared/errors.js';
import { aRequest } from '../support/a-request.js';
import { createCollectingTape } from '../support/collecting-tape.js';
import { anHttpLoad } from '../support/k6-bench.js';
import { realClock } from '../support/real-clock.js';
import { requires } from '../support/requirement.js';
import { waitUntil } from '../support/wait-until.js';
import {
  aJobGenerator,
  closeLoadNamespace,
  localK6,
  LOAD,
  openLoadNamespace,
  whatIsLeft,
  type JobBench,
} from './support/a-job-generator.js';
import { openCountingTarget, type CountingTarget } from './support/counting-target.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { rejection } from './support/rejection.js';

const SOON = () => AbortSignal.timeout(100_000);

describe('k6 in the pods of a Job', () => {
  let k6: K6Binary;
  let target: CountingTarget;
  const benches: JobBench[] = [];

  before(async function () {
    const found = await localK6();
    requires(this, 'k6 named in PLIMSOLL_TEST_K6', found);
    if (found !== undefined) k6 = found;
    await openLoadNamespace();
  });
  after(closeLoadNamespace);
  beforeEach(async () => {
    target = await openCountingTarget();
  });
  afterEach(async () => {
    await target.close();
    for (const bench of benches.splice(0)) await bench.close();
    expect(await whatIsLeft()).to.equal('');
  });

  async function bench(...args: Parameters<typeof aJobGenerator> extends [K6Binary, ...infer R] ? R : never) {
    const made = await aJobGenerator(k6, ...args);
    benches.push(made);
    return made;
  }
  const load = (ratePerSecond: number) =>
    anHttpLoad(target.url, {
      requests: [aRequest({ name: 'GET /', url: `${target.url}/{{seq}}` })],
      profile: { model: 'open', ratePerSecond, maxVUs: 60 },
    });

  it('measures as if it were one: no request is lost, and percentiles are those of all of them', async () => {
    const { generator } = await bench(3);
    const tape = createTape({ clock: realClock });
    const all = createCollectingTape();
    const both: TapeWriter = {
      ...tape,
      endpoint: (name, tags) => (all.endpoint(name, tags), tape.endpoint(name, tags)),
      write: (batch) => {
        all.write(batch);
        tape.write(batch);
      },
      writtenUntil: (atMs) => {
        all.writtenUntil(atMs);
        tape.writtenUntil(atMs);
      },
    };
    const planned = { ...load(150), maxDurationMs: 8000 };
    expect(await generator.preflight(planned, SOON())).to.deep.equal([]);
    tape.begin('steady');
    const running = await generator.start(planned, both, SOON());
    const outcome = ended(await running.finished);
    expect(outcome.requests).to.equal(target.count());
    expect(all.samples).to.have.length(target.count());
    expect(all.lateOnes).to.deep.equal([]);
    expect(outcome.runners).to.have.length(3);
    for (const { requests, clock } of outcome.runners ?? []) {
      expect(requests).to.be.greaterThan(100);
      // One machine, one clock.
      expect(Math.abs(clock.offsetMs)).to.be.lessThan(clock.uncertaintyMs + 3);
    }
    tape.end();
    const sorted = all.samples.map(({ latencyUs }) => latencyUs).sort((a, b) => a - b);
    const { latency, requests, setApart } = tape.finish().find('steady', ALL_ENDPOINTS)!;
    expect(requests + setApart).to.equal(target.count());
    for (const percent of [50, 90, 95, 99]) {
      const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
      expect(latency.percentileUs(percent)! / exact, `p${percent}`).to.be.within(0.999, 1.001);
    }
  });

  it('fails with the name and the reason of a runner that dies', async () => {
    const { generator, job } = await bench(2);
    const tape = createCollectingTape();
    const running = await generator.start(load(40), tape, SOON());
    await waitUntil('some load', () => tape.samples.length > 40);
    const pods = await kubectl('-n', LOAD, 'get', 'pods', '-l', `job-name=${job}`, '-o', 'name');
    const second = pods.split('\n').find((pod) => pod.includes(`${job}-1-`));
    await kubectl('-n', LOAD, 'delete', second ?? '', '--wait=false');
    const outcome = await running.finished;
    expect(outcome)
      .to.have.property('reason')
      .that.matches(/^runner 2 of 2 \(pod \S+\) is gone: it was deleted/);
  });

  it('says which image cannot be had, and leaves nothing', async () => {
    const config = { image: 'localhost/none:1', imagePullPolicy: 'Never' } as const;
    const { generator } = await bench(2, { config });
    const thrown = await rejection(generator.start(load(10), createCollectingTape(), SOON()));
    expect(String(thrown)).to.match(/runner \d of 2 .* cannot run: ErrImageNeverPull: .*localhost\/none:1/);
  });

  it('says what keeps it waiting where there is no room for it, and leaves nothing', async () => {
    const { generator } = await bench(2, { config: { resources: { requests: { cpu: '1000' } } } });
    const late = new AbortController();
    const starting = rejection(generator.start(load(10), createCollectingTape(), late.signal));
    await waitUntil('no room', async () =>
      (
        await kubectl('-n', LOAD, 'get', 'pods', '-o', 'jsonpath={.items[*].status.conditions[*].reason}')
      ).includes('Unschedulable'),
    );
    late.abort(new PlimsollError('DEADLINE', 'starting the load took longer than 60 s'));
    expect(String(await starting)).to.match(/took longer than 60 s: runner 1 of 2 .*Insufficient cpu/);
  });

  it('is enough for a whole load with just the printed role, and each right that lacks is found', async () => {
    const user = 'tenant-of-runners';
    const roleFor = async (rights: ReturnType<typeof JOB_ENGINE.rights>) => {
      const config = { namespace: LOAD, guards: { maxPercent: 100, minHealthy: 1 }, services: {} };
      for (const object of buildRoles([], config, 'runners', { kind: 'User', name: user }, rights)) {
        await kubectlApply(object);
      }
    };
    const all = JOB_ENGINE.rights(LOAD);
    const { generator } = await bench(1, { user });
    for (const left of all) {
      await roleFor(all.filter((right) => right !== left));
      const found = await generator.preflight(load(10), SOON());
      const name = `${left.resource.plural}${left.resource.group === '' ? '' : `.${left.resource.group}`}`;
      expect(found.map(({ message }) => message).join()).to.include(
        `no right to ${left.verb} ${name} in namespace`,
      );
    }
    await roleFor(all);
    expect(await generator.preflight(load(10), SOON())).to.deep.equal([]);
    const tape = createCollectingTape();
    const running = await generator.start(load(10), tape, SOON());
    await waitUntil('some load', () => tape.samples.length > 5);
    expect(ended(await running.stop(5000)).caveats).to.deep.equal([]);
  });
});

function ended(outcome: LoadOutcome): Extract<LoadOutcome, { status: 'ended' }> {
  if (outcome.status === 'failed') throw new Error(outcome.reason);
  return outcome;
}
