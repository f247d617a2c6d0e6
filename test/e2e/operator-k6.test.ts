import { expect } from 'chai';
import type { K6Binary } from '../../src/bench/k6/find-k6.js';
import { OPERATOR_ENGINE } from '../../src/bench/k6-operator/operator-engine.js';
import type { LoadOutcome } from '../../src/bench/load-generator.js';
import { sweepRunners } from '../../src/bench/runners/sweep-runners.js';
import { buildRoles } from '../../src/chaos/chaos-mesh/build-role.js';
import { PlimsollError } from '../../src/shared/errors.js';
import { createKubeClient } from '../../src/shared/kubernetes/create-kube-client.js';
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
  type JobBench,
} from './support/a-job-generator.js';
import { openCountingTarget, type CountingTarget } from './support/counting-target.js';
import { kubeconfig, kubectl, kubectlApply } from './support/kubectl.js';
import { isOperatorInstalled, playOperator, type PlayedOperator } from './support/play-operator.js';
import { rejection } from './support/rejection.js';

const SOON = () => AbortSignal.timeout(100_000);

describe('k6 in the pods of a TestRun', () => {
  let k6: K6Binary;
  let target: CountingTarget;
  const benches: JobBench[] = [];

  before(async function () {
    const found = await localK6();
    requires(this, 'k6 named in PLIMSOLL_TEST_K6', found);
    if (found !== undefined) k6 = found;
    const isFree = !(await isOperatorInstalled());
    requires(this, 'a cluster without the k6-operator', isFree ? true : undefined);
    await openLoadNamespace();
  });
  after(closeLoadNamespace);
  beforeEach(async () => {
    target = await openCountingTarget();
  });
  afterEach(async () => {
    await target.close();
    for (const bench of benches.splice(0)) await bench.close();
  });

  async function bench(runners: number, user?: string): Promise<JobBench> {
    const made = await aJobGenerator(k6, runners, {
      engine: OPERATOR_ENGINE,
      config: { engine: 'k6-operator' },
      ...(user === undefined ? {} : { user }),
    });
    benches.push(made);
    return made;
  }
  const load = (ratePerSecond: number) =>
    anHttpLoad(target.url, {
      requests: [aRequest({ name: 'GET /', url: `${target.url}/{{seq}}` })],
      profile: { model: 'open', ratePerSecond, maxVUs: 60 },
    });

  it('is not begun where the operator is not installed', async () => {
    const { generator } = await bench(2);
    const found = await generator.preflight(load(10), SOON());
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
      'stop k6-operator-missing',
    ]);
  });

  describe('of an operator', () => {
    let operator: PlayedOperator | undefined;
    before(async () => {
      operator = await playOperator(LOAD);
    });
    after(async () => {
      await operator?.close();
    });
    beforeEach(() => {
      operator?.stages.splice(0);
      operator?.answers.splice(0);
      operator?.become('working');
    });
    afterEach(async () => {
      expect(await kubectl('-n', LOAD, 'get', 'testruns,jobs,pods,services,secrets', '-o', 'name')).to.equal(
        '',
      );
    });

    it('measures as those of a Job do: no request is lost, each runner has its share and its clock', async () => {
      const { generator } = await bench(3);
      const tape = createCollectingTape();
      const planned = { ...load(150), maxDurationMs: 8000 };
      expect(await generator.preflight(planned, SOON())).to.deep.equal([]);
      const running = await generator.start(planned, tape, SOON());
      const outcome = ended(await running.finished);
      expect(outcome.requests).to.equal(target.count());
      expect(tape.samples).to.have.length(target.count());
      expect(tape.lateOnes).to.deep.equal([]);
      expect(outcome.runners).to.have.length(3);
      for (const { requests, clock, lateMs } of outcome.runners ?? []) {
        expect(requests / target.count()).to.be.within(0.25, 0.42);
        // One machine, one clock.
        expect(Math.abs(clock.offsetMs)).to.be.lessThan(clock.uncertaintyMs + 3);
        expect(lateMs).to.be.lessThan(5000);
      }
      // What the operator's starter sends changes nothing: it comes when all have begun.
      expect(operator?.stages).to.include.members(['initialized', 'created', 'started']);
      expect(operator?.answers).to.deep.equal([500, 500, 500]);
    });

    it('fails with the name and the reason of a runner that is evicted', async () => {
      const { generator, job } = await bench(2);
      const tape = createCollectingTape();
      const running = await generator.start(load(40), tape, SOON());
      await waitUntil('some load', () => tape.samples.length > 40);
      const pods = await kubectl('-n', LOAD, 'get', 'pods', '-l', `job-name=${job}-2`, '-o', 'name');
      const name = pods.replace('pod/', '');
      const client = await createKubeClient(kubeconfig === undefined ? {} : { kubeconfig });
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: LOAD } };
      const path = `/api/v1/namespaces/${LOAD}/pods/${name}/eviction`;
      await client.send({ method: 'POST', path, body }, SOON());
      expect(await running.finished)
        .to.have.property('reason')
        .that.matches(/^runner 2 of 2 \(pod \S+-2-\S+\) is gone: .*[Ee]vict/);
    });

    it('says that no operator has taken it up, where its controller does not run', async () => {
      operator?.become('asleep');
      const { generator } = await bench(2);
      const late = new AbortController();
      const starting = rejection(generator.start(load(10), createCollectingTape(), late.signal));
      const there = async () => (await kubectl('-n', LOAD, 'get', 'testruns', '-o', 'name')) !== '';
      await waitUntil('the TestRun', there);
      // A look or two later.
      await realClock.sleep(2500, SOON());
      late.abort(new PlimsollError('DEADLINE', 'starting the load took longer than 60 s'));
      expect(String(await starting)).to.match(
        /took longer than 60 s: no k6-operator has taken up the TestRun.*runner 1 of 2 has no pod yet/,
      );
    });

    it('says that the operator refuses it', async () => {
      operator?.become('refusing');
      const { generator, job } = await bench(2);
      const thrown = await rejection(generator.start(load(10), createCollectingTape(), SOON()));
      expect(String(thrown)).to.match(
        new RegExp(`does not run the load: TestRun ${LOAD}/${job} is (in stage error|gone before)`),
      );
    });

    it('is swept with all its pods where its run died', async () => {
      const { generator, job } = await bench(2);
      const tape = createCollectingTape();
      const running = await generator.start(load(20), tape, SOON());
      await waitUntil('some load', () => tape.samples.length > 10);
      const client = await createKubeClient(kubeconfig === undefined ? {} : { kubeconfig });
      const sweep = { client, clock: realClock, namespace: LOAD, engine: OPERATOR_ENGINE };
      const swept = await sweepRunners({ ...sweep, deadRuns: new Set([job.replace('k6-', '')]) }, SOON());
      expect(swept.map(({ what, detail }) => `${what}: ${detail}`)).to.deep.equal([
        `TestRun ${LOAD}/${job}: gone with all its pods; 2 of its runners were still making load`,
      ]);
      expect(await running.finished).to.include({ status: 'failed' });
    });

    it('is enough for a whole load with just the printed role, and each right that lacks is found', async () => {
      const user = 'tenant-of-test-runs';
      const all = OPERATOR_ENGINE.rights(LOAD);
      const roleFor = async (rights: typeof all) => {
        const config = { namespace: LOAD, guards: { maxPercent: 100, minHealthy: 1 }, services: {} };
        for (const object of buildRoles([], config, 'test-runs', { kind: 'User', name: user }, rights)) {
          await kubectlApply(object);
        }
      };
      const { generator } = await bench(1, user);
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
});

function ended(outcome: LoadOutcome): Extract<LoadOutcome, { status: 'ended' }> {
  if (outcome.status === 'failed') throw new Error(outcome.reason);
  return outcome;
}
