import { expect } from 'chai';
import fc from 'fast-check';
import {
  createRecorder,
  decodeDistribution,
  distributionOf,
  LONGEST_US,
  mergeRecorders,
  rankOf,
  recordLatency,
} from '../../../src/bench/histogram.js';
import { PlimsollError } from '../../../src/shared/errors.js';

const PERCENTS = [0, 1, 50, 90, 95, 99, 99.9, 99.99, 100];
const latencies = fc.array(fc.double({ min: 1, max: 3.6e9, noNaN: true }), { minLength: 1, maxLength: 300 });

function recorderOf(values: readonly number[]) {
  const recorder = createRecorder();
  for (const value of values) recordLatency(recorder, value);
  return recorder;
}

/** Nearest rank in a full sort, without the arithmetic of the code under test. */
function sortedPercentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.find((_, index) => (index + 1) * 1e5 >= Math.round(percent * 1000) * sorted.length) ?? NaN;
}

describe('histogram', () => {
  it('gives no number where there is no sample', () => {
    const empty = distributionOf(createRecorder());
    expect(empty).to.include({ count: 0, meanUs: undefined, maxUs: undefined });
    expect(empty.percentileUs(99)).to.equal(undefined);
    expect(decodeDistribution(empty.encode()).percentileUs(50)).to.equal(undefined);
  });

  it('gives its buckets as it gives percentiles, decoded too', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const original = distributionOf(recorderOf(values));
        const ranked = original
          .buckets()
          .flatMap(({ toUs, count }) => Array.from({ length: count }, () => toUs));
        expect(ranked).to.have.length(values.length);
        for (const [index, us] of ranked.entries()) {
          // The last of all is the maximum itself, not rounded to a microsecond as buckets are.
          expect(original.percentileUs((100 * (index + 1)) / values.length)).to.be.closeTo(us, 0.501);
        }
        const decoded = decodeDistribution(original.encode(), { meanUs: 1, maxUs: original.maxUs! });
        expect(decoded.buckets()).to.deep.equal(original.buckets());
      }),
    );
    expect(distributionOf(createRecorder()).buckets()).to.deep.equal([]);
  });

  it('gives percentiles within 0.2 % of a full sort, or half a microsecond where that is more', () => {
    fc.assert(
      fc.property(latencies, fc.constantFrom(...PERCENTS), (values, percent) => {
        const truth = sortedPercentile(values, percent);
        const read = distributionOf(recorderOf(values)).percentileUs(percent);
        expect(read).to.be.closeTo(truth, Math.max(0.002 * truth, 0.5));
      }),
    );
  });

  it('keeps count, mean and maximum exactly', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const distribution = distributionOf(recorderOf(values));
        expect(distribution.count).to.equal(values.length);
        expect(distribution.maxUs).to.be.closeTo(Math.max(...values), 0.001);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(distribution.meanUs).to.be.closeTo(mean, 0.001);
      }),
    );
  });

  it('makes of merged histograms the histogram of all samples', () => {
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        const merged = distributionOf(mergeRecorders([recorderOf(some), recorderOf(others)]));
        const all = distributionOf(recorderOf([...some, ...others]));
        expect(merged.encode()).to.equal(all.encode());
        expect(merged.maxUs).to.equal(all.maxUs);
        expect(merged.meanUs).to.be.closeTo(all.meanUs ?? NaN, 0.002);
      }),
    );
  });

  it('reads back what it encoded, percentile for percentile', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const original = distributionOf(recorderOf(values));
        const exact = { meanUs: original.meanUs ?? NaN, maxUs: original.maxUs ?? NaN };
        const decoded = decodeDistribution(original.encode(), exact);
        expect(decoded).to.include({ count: original.count, ...exact });
        for (const percent of PERCENTS) {
          expect(decoded.percentileUs(percent)).to.equal(original.percentileUs(percent));
        }
        expect(decoded.encode()).to.equal(original.encode());
      }),
    );
  });

  it('approximates mean and maximum where only the encoded form is left', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const original = distributionOf(recorderOf(values));
        const decoded = decodeDistribution(original.encode());
        for (const key of ['meanUs', 'maxUs'] as const) {
          const truth = original[key] ?? NaN;
          expect(decoded[key]).to.be.closeTo(truth, Math.max(0.001 * truth, 0.501));
        }
      }),
    );
  });

  it('counts an outlier beyond a day with the longest, and knows the maximum exactly', () => {
    const distribution = distributionOf(recorderOf([5, 3 * LONGEST_US]));
    expect(distribution.count).to.equal(2);
    expect(distribution.maxUs).to.equal(3 * LONGEST_US);
    expect(distribution.percentileUs(100)).to.equal(3 * LONGEST_US);
  });

  it('takes what is no length of time for the longest', () => {
    for (const nonsense of [NaN, Infinity, -1]) {
      expect(distributionOf(recorderOf([nonsense])).maxUs).to.equal(LONGEST_US);
    }
  });

  it('does not change a distribution by later records', () => {
    const recorder = recorderOf([10]);
    const before = distributionOf(recorder);
    recordLatency(recorder, 1e6);
    expect(before).to.include({ count: 1, maxUs: 10 });
    expect(before.percentileUs(100)).to.equal(10);
  });

  it('says what is wrong with a text that is no histogram', () => {
    const good = distributionOf(recorderOf([1, 2, 3])).encode();
    for (const bad of ['', 'hello', good.slice(0, 20), `AAAA${good.slice(4)}`]) {
      expect(() => decodeDistribution(bad), bad).to.throw(PlimsollError, 'cannot read a latency histogram');
    }
  });
});

describe('rankOf', () => {
  it('is not misled by binary fractions', () => {
    expect(rankOf(99.9, 1000)).to.equal(999);
    expect(rankOf(99.9, 1001)).to.equal(1000);
    expect(rankOf(0, 10)).to.equal(1);
    expect(rankOf(100, 10)).to.equal(10);
    expect(rankOf(55, 100)).to.equal(55);
  });
});
