import { expect } from 'chai';
import fc from 'fast-check';
import { describeDose, meanSince } from '../../../../../src/chaos/local/faults/describe-dose.js';
import type { DelayDose, HttpDose } from '../../../../../src/chaos/local/proxy/proxy-stats.js';

const common = { ruleId: 'delay#1', replicaUid: 'orders-1#1', active: true };

function aDelay(chunksDelayed: number, connectionsDelayed: number, meanAddedMs: number): DelayDose {
  return { ...common, type: 'delay', chunksDelayed, connectionsDelayed, meanAddedMs };
}

function anHttp(overrides: Partial<HttpDose>): HttpDose {
  const counts = { messagesSeen: 0, aborted: 0, delayed: 0, replaced: 0, patched: 0 };
  return { ...common, type: 'http', ...counts, meanAddedMs: 0, connectionsUnread: 0, ...overrides };
}

describe('describeDose', () => {
  it('tells of a delay what was added since the reading before', () => {
    expect(describeDose(undefined, aDelay(310, 0, 201.4))).to.equal('added 201 ms to 310 chunks');
    expect(describeDose(aDelay(10, 0, 100), aDelay(10, 1, 110))).to.equal('added 210 ms to 1 new connection');
    expect(describeDose(aDelay(1, 1, 100), aDelay(3, 2, 100))).to.equal(
      'added 100 ms to 2 chunks and 1 new connection',
    );
    expect(describeDose(aDelay(3, 2, 100), aDelay(3, 2, 100))).to.equal('let nothing through');
  });

  it('tells of a bandwidth how much had to wait', () => {
    const before = { ...common, type: 'bandwidth', bytesPassed: 1000, bytesThrottled: 0 } as const;
    const now = { ...before, bytesPassed: 5000, bytesThrottled: 3000 };
    expect(describeDose(before, now)).to.equal('let 4,000 bytes pass, 3,000 of them after a wait');
    expect(describeDose(now, now)).to.equal('no traffic');
  });

  it('tells of a partition what it holds more than before', () => {
    const before = { ...common, type: 'partition', connectionsHeld: 2, bytesHeld: 10 } as const;
    expect(describeDose(before, { ...before, connectionsHeld: 3, bytesHeld: 42 })).to.equal(
      'held 1 further connection and 32 bytes',
    );
  });

  it('tells of an HTTP fault what it did to how many messages', () => {
    expect(describeDose(undefined, anHttp({}))).to.equal('no messages');
    expect(describeDose(undefined, anHttp({ messagesSeen: 4 }))).to.equal('changed none of 4 messages');
    expect(
      describeDose(
        undefined,
        anHttp({ messagesSeen: 9, aborted: 2, delayed: 3, meanAddedMs: 150, connectionsUnread: 1 }),
      ),
    ).to.equal('aborted 2, delayed 3 by 150 ms of 9 messages; 1 connection could not be read as HTTP/1.x');
  });
});

describe('meanSince', () => {
  const values = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { maxLength: 50 });
  const meanOf = (list: readonly number[]): number =>
    list.length === 0 ? 0 : list.reduce((total, value) => total + value, 0) / list.length;

  it('is the mean of the values that came since', () => {
    fc.assert(
      fc.property(values, values, (before, since) => {
        const all = [...before, ...since];
        const mean = meanSince(before.length, meanOf(before), all.length, meanOf(all));
        expect(mean).to.be.closeTo(meanOf(since), 1e-6);
      }),
    );
  });
});
