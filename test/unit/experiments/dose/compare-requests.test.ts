import { expect } from 'chai';
import fc from 'fast-check';
import { compareRequests, type RequestsSeen } from '../../../../src/experiments/dose/compare-requests.js';

/** Requests of 10 s, by their latency in ms. */
function seen(latenciesMs: readonly number[], failures = 0): RequestsSeen {
  const buckets = [...latenciesMs].sort((a, b) => a - b).map((ms) => ({ toUs: ms * 1000, count: 1 }));
  return { requests: latenciesMs.length, failures, buckets, lengthMs: 10_000 };
}

const many = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);
const STEADY = seen(many(1000, 10));

describe('compareRequests', () => {
  const status = (after: RequestsSeen, slowerByMs = 100, before = STEADY) =>
    compareRequests(before, after, slowerByMs).status;

  it('sees that all requests are slower, or that those to one pod of many are', () => {
    expect(status(seen(many(1000, 210)))).to.equal('differs');
    expect(status(seen([...many(950, 10), ...many(50, 210)]))).to.equal('differs');
  });

  it('sees failures, and requests that hang', () => {
    expect(status(seen(many(1000, 10), 100))).to.equal('differs');
    expect(status(seen(many(3, 10)))).to.equal('differs');
    expect(status(seen([]))).to.equal('differs');
  });

  it('is not taken in by a few slow requests, nor by requests that were as slow before', () => {
    expect(status(seen([...many(995, 10), ...many(5, 400)]))).to.equal('alike');
    const slow = [...many(800, 10), ...many(200, 300)];
    expect(status(seen(slow), 100, seen(slow))).to.equal('alike');
  });

  it('says so in numbers', () => {
    expect(compareRequests(STEADY, seen(many(1000, 11)), 100).detail).to.equal(
      '0 % of the requests (0 % in the steady phase) took 110 ms or longer, and 0 % of the requests (0 % in the steady phase) failed',
    );
  });

  it('does not compare a handful', () => {
    expect(status(seen(many(5, 10)), 100, seen(many(5, 10)))).to.equal('too-few');
  });

  it('never takes the steady phase itself for a fault', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 10, maxLength: 200 }),
        fc.integer({ min: 1, max: 500 }),
        (latencies, slowerByMs) => {
          expect(status(seen(latencies), slowerByMs, seen(latencies))).to.equal('alike');
        },
      ),
    );
  });
});
