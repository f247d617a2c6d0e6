import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { createTapeFeed } from '../../../../src/bench/process/feed-tape.js';
import type { RowsEnd } from '../../../../src/bench/process/read-rows.js';
import { superviseLoad } from '../../../../src/bench/process/supervise-load.js';
import type { CollectedSamples } from '../../../../src/bench/process/collected-samples.js';
import { k6Outcome } from '../../../../src/bench/k6/k6-outcome.js';
import { RESULT_NO_RESPONSE } from '../../../../src/bench/sample-batch.js';
import type { ProcessExit } from '../../../../src/shared/spawn-process.js';
import { createCollectingTape } from '../../../support/collecting-tape.js';
import { createFakeClock } from '../../../support/fake-clock.js';
import { someEndpoints } from '../../../support/some-endpoints.js';
import { someRows } from '../../../support/some-rows.js';

const START_MS = 1_000_000;

/** Promise.withResolvers(), which Node 20 does not have. */
function aPromise<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('superviseLoad', () => {
  /** A k6 and a reader that do what the test says; `did` is what was done to them. */
  function aK6(signal = new AbortController().signal) {
    const clock = createFakeClock(START_MS);
    const tape = createCollectingTape();
    const did: string[] = [];
    const exit = aPromise<ProcessExit>();
    const ended = aPromise<RowsEnd>();
    let tell: (rows: CollectedSamples) => void = () => undefined;
    const running = superviseLoad(
      {
        name: 'k6',
        process: {
          exited: exit.promise,
          interrupt: () => did.push('interrupt'),
          killRest: () => undefined,
          kill: () => {
            did.push('kill');
            exit.resolve({ status: 'signalled', signal: 'SIGKILL' });
          },
        },
        reader: {
          follow: (onRows) => {
            tell = onRows;
          },
          ended: ended.promise,
          writerIsGone: () => did.push('let go'),
          close: () => {
            did.push('close');
            return Promise.resolve();
          },
        },
        feed: createTapeFeed(tape, clock),
        clock,
        logger: { debug: () => undefined, warn: () => did.push('warn') },
        tellsOpenRequests: true,
        outcomeOf: (end) => Promise.resolve(k6Outcome({ ...end, lastWords: '', logPath: '/nowhere/k6.log' })),
        remedy: 'look at /nowhere/k6.log',
      },
      signal,
    );
    return {
      clock,
      tape,
      did,
      running,
      tell: (rows: Partial<CollectedSamples>): void => {
        tell(someRows({ newEndpoints: [], ...rows }));
      },
      begin: async () => {
        tell(someRows({ newEndpoints: someEndpoints('a'), readyAtMs: START_MS, latestMs: START_MS }));
        return await running;
      },
      exit: (code: number): void => {
        exit.resolve({ status: 'exited', code });
      },
      end: (end: RowsEnd = { status: 'read', open: [], unreadable: { count: 0 } }): void => {
        ended.resolve(end);
      },
    };
  }

  it('interrupts k6 when all that was under way at the stop has ended, and rows of that time can be missing no more', async () => {
    const { clock, did, tell, begin, exit, end } = aK6();
    const running = await begin();
    clock.advanceTo(START_MS + 1000);
    const stopped = running.stop(60_000);
    tell({ latestMs: START_MS + 1200, oldestOpenMs: START_MS + 990 });
    tell({ latestMs: START_MS + 1200 });
    tell({ latestMs: START_MS + 1300, oldestOpenMs: START_MS + 990 });
    expect(did).to.deep.equal([]);
    clock.advanceTo(START_MS + 1400);
    tell({ latestMs: START_MS + 1300, oldestOpenMs: START_MS + 1010 });
    tell({ latestMs: START_MS + 1400, oldestOpenMs: START_MS + 1010 });
    expect(did).to.deep.equal(['interrupt']);
    exit(105);
    end();
    expect(await stopped).to.include({ status: 'ended', how: 'stopped', endedAtMs: START_MS + 1400 });
    expect(did).to.deep.equal(['interrupt', 'let go', 'close']);
  });

  it('gives up what is under way when the grace is over, and takes what k6 sent since for nobody’s', async () => {
    const { clock, tape, did, begin, exit, end } = aK6();
    const running = await begin();
    clock.advanceTo(START_MS + 1000);
    const stopped = running.stop(500);
    clock.advanceTo(START_MS + 1500);
    await turn();
    expect(did).to.deep.equal(['interrupt']);
    clock.advanceTo(START_MS + 4000); // teardown() takes its time, which is nobody's latency
    exit(105);
    end({
      status: 'read',
      unreadable: { count: 0 },
      open: [
        { sentAtMs: START_MS + 900, endpoint: 0, metrics: [] },
        { sentAtMs: START_MS + 1200, endpoint: 0, metrics: [] },
      ],
    });
    expect(await stopped).to.include({ how: 'stopped', requests: 1 });
    expect(tape.samples).to.deep.equal([
      {
        startMs: START_MS + 900,
        endMs: START_MS + 1500,
        latencyUs: 600_000,
        endpoint: 'a',
        result: RESULT_NO_RESPONSE,
      },
    ]);
    expect(tape.lateOnes).to.deep.equal([]);
  });

  it('kills a k6 that is still there long after the interrupt', async () => {
    const { clock, did, begin, end } = aK6();
    const running = await begin();
    const stopped = running.stop(0);
    clock.advanceTo(START_MS + 9_999);
    await turn();
    expect(did).to.deep.equal(['interrupt']);
    clock.advanceTo(START_MS + 10_000);
    end();
    expect(await stopped).to.have.nested.property('caveats.length', 1);
    expect(did).to.include.members(['warn', 'kill']);
  });

  it('ends k6 when its rows can no longer be read, and fails with the reason', async () => {
    const { did, begin, end } = aK6();
    const running = await begin();
    end({ status: 'failed', reason: 'the thread crashed', remedy: 'run it again' });
    expect(await running.finished).to.deep.include({
      status: 'failed',
      reason: 'the thread crashed',
      remedy: 'run it again',
    });
    expect(did).to.deep.equal(['kill', 'let go', 'close']);
  });

  it('does not wait for ever for the end of the rows', async () => {
    const { clock, did, begin, exit } = aK6();
    const running = await begin();
    exit(0);
    await turn();
    clock.advanceTo(START_MS + 10_000);
    expect(await running.finished)
      .to.have.property('reason')
      .that.includes('could not be read within 10 s');
    expect(did).to.deep.equal(['let go', 'close']);
  });

  it('starts even where all is over when the first rows come', async () => {
    const { running, tell, exit, end } = aK6();
    exit(0);
    await turn();
    tell({ newEndpoints: someEndpoints('a'), readyAtMs: START_MS, latestMs: START_MS });
    end();
    expect((await running).startedAtMs).to.equal(START_MS);
    expect(await (await running).finished).to.include({ status: 'ended', how: 'finished' });
  });

  it('kills k6 at once when the run was called off while it was started', async () => {
    const { running, did, end } = aK6(AbortSignal.abort(new Error('interrupted')));
    end();
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'the load was called off before it started');
    expect(did).to.deep.equal(['kill', 'let go', 'close']);
  });
});
