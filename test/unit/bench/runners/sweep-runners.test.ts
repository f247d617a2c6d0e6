import { expect } from 'chai';
import { JOB_ENGINE } from '../../../../src/bench/k6-job/job-engine.js';
import { sweepRunners } from '../../../../src/bench/runners/sweep-runners.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { realClock } from '../../../support/real-clock.js';

const never = new AbortController().signal;
const job = (runId: string, active: number): object => ({
  metadata: { name: `k6-${runId}`, labels: { 'plimsoll.dev/run': runId } },
  status: { active },
});

describe('sweepRunners', () => {
  let api: FakeApiServer | undefined;
  afterEach(async () => {
    await api?.close();
  });

  async function sweep(deadRuns: readonly string[], orphans?: { readonly living: readonly string[] }) {
    const there = new Map([
      ['k6-dead', job('dead', 2)],
      ['k6-alive', job('alive', 2)],
      ['k6-over', job('over', 0)],
    ]);
    api = await openFakeApiServer((request, response) => {
      if (request.startsWith('GET')) answer(response, { metadata: {}, items: [...there.values()] });
      else if (there.delete(request.slice(request.lastIndexOf('/') + 1))) answer(response, {});
      else answer(response, { message: 'not found', reason: 'NotFound' }, 404);
    });
    const parts = { client: api.client, clock: realClock, namespace: 'load', engine: JOB_ENGINE };
    const swept = await sweepRunners({ ...parts, deadRuns: new Set(deadRuns), orphans }, never);
    return { swept, left: [...there.keys()] };
  }

  it('deletes the Jobs of dead runs with all their pods, and no other', async () => {
    const { swept, left } = await sweep(['dead', 'of-another-place']);
    expect(swept).to.deep.equal([
      {
        runId: 'dead',
        what: 'Job load/k6-dead',
        status: 'removed',
        detail: 'gone with all its pods; 2 of its runners were still making load',
      },
    ]);
    expect(left).to.deep.equal(['k6-alive', 'k6-over']);
    expect(JSON.parse(api?.last.body ?? '')).to.deep.equal({ propagationPolicy: 'Foreground' });
  });

  it('takes orphans whose runners have ended, and leaves those that may belong to a run elsewhere', async () => {
    expect((await sweep([], { living: [] })).left).to.deep.equal(['k6-dead', 'k6-alive']);
  });

  it('leaves to their owner what another engine has made', async () => {
    api = await openFakeApiServer((_, response) => {
      const metadata = { name: 'k6-dead-1', labels: { 'plimsoll.dev/run': 'dead' } };
      const owner = { kind: 'TestRun', name: 'k6-dead', uid: '1', controller: true };
      answer(response, { metadata: {}, items: [{ metadata: { ...metadata, ownerReferences: [owner] } }] });
    });
    const parts = { client: api.client, clock: realClock, namespace: 'load', engine: JOB_ENGINE };
    expect(await sweepRunners({ ...parts, deadRuns: new Set(['dead']) }, never)).to.deep.equal([]);
    expect(api.requests).to.have.length(1);
  });

  it('says so where it cannot look', async () => {
    api = await openFakeApiServer((_, response) => {
      answer(response, { message: 'try later' }, 500);
    });
    const parts = { client: api.client, clock: realClock, namespace: 'load', engine: JOB_ENGINE };
    const swept = await sweepRunners({ ...parts, deadRuns: new Set(['dead']) }, never);
    expect(swept.map(({ status }) => status)).to.deep.equal(['left']);
    expect(swept[0]?.detail).to.include('try later');
  });
});
