import { expect } from 'chai';
import {
  createLeaseKeeper,
  readLease,
  type LeaseKeeper,
} from '../../../../src/chaos/chaos-mesh/run-lease.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { realClock } from '../../../support/real-clock.js';
import { rejection } from '../../../e2e/support/rejection.js';

const logger = { debug: () => undefined, warn: () => undefined };
const NEVER = new AbortController().signal;

/** Asks again at once, and renews as it does. */
const hastyClock = {
  ...realClock,
  sleep: async (ms: number, signal: AbortSignal) => {
    await realClock.sleep(ms > 1000 ? ms : 5, signal);
  },
};

interface Lease {
  readonly spec: { readonly holderIdentity: string; readonly renewTime: string };
}

/** An API server with one lease and a clock of its own. */
async function openLeaseServer(options: { aheadMs?: number; refusals?: number[] } = {}) {
  const { refusals = [] } = options;
  let lease: Lease | undefined;
  const server: FakeApiServer = await openFakeApiServer((request, response) => {
    response.setHeader('date', new Date(realClock.wallMs() + (options.aheadMs ?? 0)).toUTCString());
    const refusal = refusals.shift();
    if (refusal !== undefined) answer(response, { message: 'not now' }, refusal);
    else if (request === 'GET /version') answer(response, {});
    else if (request.startsWith('DELETE')) {
      lease = undefined;
      answer(response, {});
    } else if (request.startsWith('POST') && lease !== undefined) answer(response, {}, 409);
    else if (request.startsWith('POST') || request.startsWith('PATCH')) {
      lease = JSON.parse(server.last.body) as Lease;
      answer(response, lease, 201);
    } else if (lease === undefined) answer(response, {}, 404);
    else answer(response, { metadata: {}, ...lease });
  });
  const keepers: LeaseKeeper[] = [];
  const keeper = (runId: string) => {
    const made = createLeaseKeeper({ client: server.client, runId, clock: hastyClock, logger });
    keepers.push(made);
    return made;
  };
  const close = async () => {
    await Promise.all(
      keepers.map(async (each) => {
        await each.release();
      }),
    );
    await server.close();
  };
  return { server, keeper, lease: () => lease, close };
}

describe('the lease of a namespace', () => {
  let opened: Awaited<ReturnType<typeof openLeaseServer>>;

  afterEach(async () => {
    await opened.close();
  });

  it('is counted by the clock of the API server alone', async () => {
    for (const aheadMs of [3_600_000, -3_600_000]) {
      opened = await openLeaseServer({ aheadMs });
      await opened.keeper('run-1').take('shop', NEVER);
      const writtenMs = Date.parse(opened.lease()?.spec.renewTime ?? '');
      expect(writtenMs - realClock.wallMs()).to.be.closeTo(aheadMs, 60_000);
      expect(await readLease(opened.server.client, 'shop', NEVER)).to.deep.equal({
        ...{ status: 'held', runId: 'run-1' },
      });
      const thrown = await rejection(opened.keeper('run-2').take('shop', NEVER));
      expect(thrown).to.include({ code: 'NOT_READY' });
      if (aheadMs > 0) await opened.close();
    }
  });

  it('is free again when nobody has renewed it for its time', async () => {
    const clock = { aheadMs: 0 };
    opened = await openLeaseServer(clock);
    await opened.keeper('run-1').take('shop', NEVER);
    clock.aheadMs = 60_000;
    expect(await readLease(opened.server.client, 'shop', NEVER)).to.include({ status: 'held' });
    clock.aheadMs = 120_000;
    expect(await readLease(opened.server.client, 'shop', NEVER)).to.deep.equal({ status: 'free' });
    await opened.keeper('run-2').take('shop', NEVER);
    expect(opened.lease()?.spec.holderIdentity).to.equal('run-2');
  });

  it('is taken, and given back, once an API server that starts anew answers again', async () => {
    const refusals = [503, 500];
    opened = await openLeaseServer({ refusals });
    const keeper = opened.keeper('run-1');
    await keeper.take('shop', NEVER);
    expect(opened.lease()?.spec.holderIdentity).to.equal('run-1');
    refusals.push(503);
    await keeper.release();
    expect(opened.lease()).to.equal(undefined);
  });

  it('does not wait for what is refused for good', async () => {
    opened = await openLeaseServer({ refusals: [401] });
    expect(await rejection(opened.keeper('run-1').take('shop', NEVER))).to.include({ status: 401 });
  });
});
