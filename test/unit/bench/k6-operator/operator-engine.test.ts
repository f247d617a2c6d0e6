import { expect } from 'chai';
import { OPERATOR_ENGINE } from '../../../../src/bench/k6-operator/operator-engine.js';
import { preflightRunners } from '../../../../src/bench/runners/preflight-runners.js';
import { sweepRunners } from '../../../../src/bench/runners/sweep-runners.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { realClock } from '../../../support/real-clock.js';
import { someRunnerParts } from '../../../support/some-runner-parts.js';

const never = new AbortController().signal;

describe('the engine of the k6-operator', () => {
  let api: FakeApiServer | undefined;
  afterEach(async () => {
    await api?.close();
    api = undefined;
  });

  describe('before a run', () => {
    async function preflight(cluster: {
      readonly resources?: readonly string[];
      readonly refusal?: string;
      readonly denied?: string;
    }) {
      const { resources, refusal, denied } = cluster;
      api = await openFakeApiServer((request, response, body) => {
        if (request.includes('selfsubject')) {
          const { spec } = JSON.parse(body) as { spec: { resourceAttributes?: { resource: string } } };
          answer(response, { status: { allowed: spec.resourceAttributes?.resource !== denied } }, 201);
        } else if (request.startsWith('GET /apis/k6.io/v1alpha1')) {
          if (resources === undefined) answer(response, '404 page not found', 404);
          else answer(response, { resources: resources.map((name) => ({ name })) });
        } else if (refusal !== undefined) answer(response, { message: refusal }, 400);
        else answer(response, {}, 201);
      });
      return await preflightRunners(OPERATOR_ENGINE, someRunnerParts(api.client), never);
    }

    it('finds nothing where the operator takes the TestRun', async () => {
      expect(await preflight({ resources: ['testruns', 'testruns/status'] })).to.deep.equal([]);
      const tried = api?.requests.find((request) => request.includes('dryRun'));
      expect(tried).to.include('/namespaces/load/testruns?dryRun=All&fieldValidation=Strict');
    });

    it('finds that the operator is not installed, or is one that knows no TestRun', async () => {
      for (const cluster of [{}, { resources: ['k6s'] }]) {
        const [finding, ...others] = await preflight(cluster);
        expect(others).to.deep.equal([]);
        expect(finding).to.include({ severity: 'stop', code: 'k6-operator-missing' });
        expect(finding?.remedy).to.include('leave runners.engine out');
        await api?.close();
      }
      api = undefined;
    });

    it('finds that its CRD lacks a field, which it would drop without a word', async () => {
      const refusal = 'strict decoding error: unknown field "spec.initializer.disabled"';
      const [finding] = await preflight({ resources: ['testruns'], refusal });
      expect(finding?.message).to.include('refuses the TestRun').and.to.include(refusal);
      expect(finding?.remedy).to.include('version of the k6-operator whose CRD has the field');
    });

    it('finds a right that lacks', async () => {
      const found = await preflight({ resources: ['testruns'], denied: 'testruns' });
      expect(found.map(({ severity, message }) => `${severity}: ${message}`)).to.deep.equal([
        'stop: no right to create, get, delete testruns.k6.io in namespace load',
        'warning: no right to list testruns.k6.io in namespace load: a sweep cannot find the runners of a run that died',
      ]);
    });
  });

  it('sweeps the TestRuns of dead runs, and those of orphans that have no pod running any more', async () => {
    const testRun = (runId: string) => ({
      metadata: { name: `k6-${runId}`, namespace: 'load', labels: { 'plimsoll.dev/run': runId } },
      status: { stage: 'created' },
    });
    const there = new Map(['dead', 'alive', 'over'].map((runId) => [`k6-${runId}`, testRun(runId)]));
    api = await openFakeApiServer((request, response) => {
      if (request.includes('/pods?')) {
        const phase = request.includes('k6_cr=k6-over') ? 'Succeeded' : 'Running';
        answer(response, { metadata: {}, items: [{ metadata: { name: 'a' }, status: { phase } }] });
      } else if (request.startsWith('GET')) answer(response, { metadata: {}, items: [...there.values()] });
      else if (there.delete(request.slice(request.lastIndexOf('/') + 1))) answer(response, {});
      else answer(response, { message: 'not found', reason: 'NotFound' }, 404);
    });
    const swept = await sweepRunners(
      {
        ...{ client: api.client, clock: realClock, namespace: 'load', engine: OPERATOR_ENGINE },
        ...{ deadRuns: new Set(['dead']), orphans: { living: [] } },
      },
      never,
    );
    expect(swept.map(({ what, status, detail }) => `${what}: ${status}: ${detail}`)).to.deep.equal([
      'TestRun load/k6-dead: removed: gone with all its pods; 1 of its runners were still making load',
      'TestRun load/k6-over: removed: gone with all its pods; its runners had ended',
    ]);
    expect([...there.keys()]).to.deep.equal(['k6-alive']);
  });
});
