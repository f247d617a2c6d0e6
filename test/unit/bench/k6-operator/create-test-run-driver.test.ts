import { expect } from 'chai';
import { createTestRunDriver } from '../../../../src/bench/k6-operator/create-test-run-driver.js';
import { PlimsollError } from '../../../../src/shared/errors.js';
import type { KubeObject } from '../../../../src/shared/kubernetes/kube-client.js';
import { createAutoClock } from '../../../support/auto-clock.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { rejectionOf } from '../../../support/rejection-of.js';
import { someRunnerParts } from '../../../support/some-runner-parts.js';
import { waitUntil } from '../../../support/wait-until.js';

const never = new AbortController().signal;

describe('createTestRunDriver', () => {
  let api: FakeApiServer | undefined;
  afterEach(async () => {
    await api?.close();
    api = undefined;
  });

  /** @param stages what the TestRun says, one look after the other; undefined: it is gone */
  async function driverFor(stages: readonly (string | undefined)[] = [], refuse?: string) {
    const bodies: (KubeObject & { readonly stringData?: object; readonly data?: object })[] = [];
    let look = 0;
    api = await openFakeApiServer((request, response, body) => {
      if (request.startsWith('POST')) {
        const object = JSON.parse(body) as KubeObject;
        bodies.push(object);
        if (refuse !== undefined && request.includes(refuse)) {
          answer(response, { message: 'quota exceeded' }, 403);
        } else answer(response, { ...object, metadata: { ...object.metadata, uid: 'uid-1' } }, 201);
        return;
      }
      const stage = stages[Math.min(look++, stages.length - 1)];
      if (stage === undefined) answer(response, { message: 'not found', reason: 'NotFound' }, 404);
      else
        answer(response, { metadata: { name: 'k6-run-1' }, ...(stage === '' ? {} : { status: { stage } }) });
    });
    const driver = createTestRunDriver(someRunnerParts(api.client, { clock: createAutoClock() }));
    return { driver, bodies };
  }

  it('creates the TestRun, and what its pods mount, to go with it', async () => {
    const { driver, bodies } = await driverFor();
    await driver.create(never);
    expect(bodies.map(({ kind }) => kind)).to.deep.equal(['TestRun', 'Secret', 'ConfigMap']);
    const [, secret, script] = bodies;
    for (const object of [secret, script]) {
      expect(object?.metadata.ownerReferences).to.deep.equal([
        { apiVersion: 'k6.io/v1alpha1', kind: 'TestRun', name: 'k6-run-1', uid: 'uid-1' },
      ]);
    }
    expect(secret?.stringData).to.have.keys('runner.sh', 'serve.sh', 'k6', 'env.TOKEN');
    expect(JSON.stringify(script)).not.to.include('packed');
  });

  it('fails with what the API server says', async () => {
    const { driver } = await driverFor([], '/secrets');
    expect(String(await rejectionOf(driver.create(never)))).to.include(
      'TestRun of the runners: quota exceeded',
    );
  });

  it('knows the pods of each runner by the Jobs that the operator makes', async () => {
    const { driver } = await driverFor();
    expect(driver.labelSelector).to.equal('app=k6,runner=true,k6_cr=k6-run-1');
    const indexOf = (job: string) =>
      driver.indexOf({ metadata: { name: 'any', labels: { 'job-name': job } } });
    expect(['k6-run-1-1', 'k6-run-1-12'].map(indexOf)).to.deep.equal([0, 11]);
    expect(['k6-run-1-starter', 'k6-run-2-1', ''].map(indexOf)).to.deep.equal([NaN, NaN, NaN]);
  });

  it('says that the operator refuses the TestRun, once it is in stage error or gone again', async () => {
    for (const [stages, what] of [
      [['', 'initialized', 'error'], 'is in stage error'],
      [['initialized', undefined], 'is gone before its runners came'],
    ] as const) {
      const { driver } = await driverFor(stages);
      const thrown = await rejectionOf(driver.refused?.(never) ?? Promise.resolve());
      expect(String(thrown)).to.include(`does not run the load: TestRun load/k6-run-1 ${what}`);
      expect(thrown).to.be.instanceOf(PlimsollError).and.to.include({ code: 'LOAD_FAILED' });
      await api?.close();
    }
    api = undefined;
  });

  it('tells an operator that does not run from one that is on its way', async () => {
    for (const [stage, said] of [
      ['', /no k6-operator has taken up the TestRun/],
      ['created', /the TestRun is in stage created/],
    ] as const) {
      const { driver } = await driverFor([stage]);
      expect(driver.delay?.()).to.equal(undefined);
      const over = new AbortController();
      const looking = rejectionOf(driver.refused?.(over.signal) ?? Promise.resolve());
      await waitUntil('some looks', () => (api?.requests.length ?? 0) > 2);
      over.abort(new PlimsollError('DEADLINE', 'time is up'));
      expect(String(await looking)).to.include('time is up');
      expect(driver.delay?.()).to.match(said);
      await api?.close();
    }
    api = undefined;
  });
});
