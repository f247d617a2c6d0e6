import { expect } from 'chai';
import fc from 'fast-check';
import { createTapeFeed, ORDER_SLACK_MS } from '../../../../src/bench/process/feed-tape.js';
import { RESULT_NO_RESPONSE } from '../../../../src/bench/sample-batch.js';
import { createCollectingTape } from '../../../support/collecting-tape.js';
import { createFakeClock } from '../../../support/fake-clock.js';
import { someEndpoints } from '../../../support/some-endpoints.js';
import { someRows } from '../../../support/some-rows.js';

describe('createTapeFeed', () => {
  function aFeed(nowMs = 100_000) {
    const tape = createCollectingTape();
    return { tape, feed: createTapeFeed(tape, createFakeClock(nowMs)) };
  }

  it("puts k6's endpoints into the place that the tape gives them", () => {
    const { tape, feed } = aFeed();
    tape.endpoint('somebody else');
    feed.write(someRows({ newEndpoints: someEndpoints('a', 'b') }, [{ endpoint: 1 }, { endpoint: 0 }]));
    feed.write(someRows({ newEndpoints: someEndpoints('c') }, [{ endpoint: 2 }, { endpoint: 1 }]));
    expect(tape.samples.map(({ endpoint }) => endpoint)).to.deep.equal(['b', 'a', 'c', 'b']);
    expect(feed.requests()).to.equal(4);
  });

  it('promises less than k6 has told of, and never what has not happened yet', () => {
    const { tape, feed } = aFeed(10_000);
    feed.write(someRows({ latestMs: 9000 }));
    expect(tape.writtenUntilMs()).to.equal(9000 - ORDER_SLACK_MS);
    feed.write(someRows({ latestMs: 3_600_000 }));
    expect(tape.writtenUntilMs()).to.equal(10_000);
  });

  it('never takes a promise back', () => {
    const { tape, feed } = aFeed();
    feed.write(someRows({ latestMs: 9000 }));
    feed.write(someRows({ latestMs: 8000 }));
    feed.end(8500);
    expect(tape.writtenUntilMs()).to.equal(9000 - ORDER_SLACK_MS);
    expect(tape.lateOnes).to.deep.equal([]);
  });

  it('promises nothing past the moment at which requests may be given up', () => {
    const { tape, feed } = aFeed();
    feed.write(someRows({ newEndpoints: someEndpoints('a'), latestMs: 9000 }));
    feed.holdAt(9100);
    feed.write(someRows({ latestMs: 20_000 }));
    expect(tape.writtenUntilMs()).to.equal(9100);
    feed.giveUp([{ sentAtMs: 8000, endpoint: 0, metrics: [] }], 9100);
    expect(tape.samples).to.deep.equal([
      { startMs: 8000, endMs: 9100, latencyUs: 1_100_000, endpoint: 'a', result: RESULT_NO_RESPONSE },
    ]);
    expect(tape.lateOnes).to.deep.equal([]);
    feed.end(21_000);
    expect(tape.writtenUntilMs()).to.equal(21_000);
  });

  it('counts samples that break a promise', () => {
    const { tape, feed } = aFeed();
    feed.write(someRows({ newEndpoints: someEndpoints('a'), latestMs: 9000 }));
    feed.write(someRows({ latestMs: 9000 }, [{ startMs: 8000 }, { startMs: 8999 }]));
    expect(feed.late()).to.equal(1);
    expect(tape.samples).to.have.length(2);
  });

  it('keeps its promises whatever the order and the batches, as long as no row is late by more than its slack', () => {
    const row = fc.record({
      stampedMs: fc.double({ min: 1000, max: 5000, noNaN: true }),
      queuedAfterMs: fc.double({ min: 0, max: ORDER_SLACK_MS, noNaN: true }),
      last: fc.boolean(),
      drops: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const { tape, feed } = aFeed();
        const queue = rows.toSorted(
          (a, b) => a.stampedMs + a.queuedAfterMs - (b.stampedMs + b.queuedAfterMs),
        );
        let latestMs = 0;
        let batch: typeof rows = [];
        feed.write(someRows({ newEndpoints: someEndpoints('a') }));
        for (const one of queue) {
          batch.push(one);
          latestMs = Math.max(latestMs, one.stampedMs);
          if (!one.last) continue;
          const dropped = batch
            .filter(({ drops }) => drops)
            .map(({ stampedMs }) => ({ atMs: stampedMs, count: 1 }));
          const ended = batch.filter(({ drops }) => !drops);
          feed.write(
            someRows(
              { latestMs, dropped },
              ended.map(({ stampedMs }) => ({ startMs: stampedMs - 5, latencyUs: 5000 })),
            ),
          );
          batch = [];
        }
        expect(tape.lateOnes).to.deep.equal([]);
      }),
    );
  });
});
