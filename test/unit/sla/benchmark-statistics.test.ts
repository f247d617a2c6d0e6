import { expect } from 'chai';
import fc from 'fast-check';
import { seededRandom } from '../../../src/shared/seeded-random.js';
import { mannWhitneyP } from '../../../src/sla/statistics/mann-whitney.js';
import { medianInterval } from '../../../src/sla/statistics/median-interval.js';
import { medianOf } from '../../../src/sla/statistics/median.js';
import { normalTail } from '../../../src/sla/statistics/normal-distribution.js';

describe('the statistics of benchmarks', () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 });

  it('has an interval of the median from six values on, as benchstat has', () => {
    expect(medianInterval([1, 2, 3, 4, 5])).to.equal(undefined);
    expect(medianInterval([6, 5, 4, 3, 2, 1])).to.deep.equal({ low: 1, high: 6, confidence: 0.95 });
    // Of 10 throws at most 1 is heads in 1.07 %, at most 2 in 5.5 %.
    expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).to.include({ low: 2, high: 9 });
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(medianInterval(twenty)).to.include({ low: 6, high: 15 });
  });

  it('holds the true median in at least 95 of 100 cases', () => {
    const random = seededRandom('coverage of the median');
    for (const n of [6, 9, 13, 30]) {
      let held = 0;
      for (let round = 0; round < 2000; round++) {
        // Skewed, as latencies are: the median of -ln(1 - u) is ln 2.
        const { low, high } = medianInterval(Array.from({ length: n }, () => -Math.log(1 - random())))!;
        if (low <= Math.LN2 && Math.LN2 <= high) held++;
      }
      // Three standard deviations of 2,000 throws below 95 %.
      expect(held / 2000, `${n} values`).to.be.above(0.935);
    }
  });

  it('holds the middle of its own values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 6, maxLength: 60 }), (values) => {
        const { low, high } = medianInterval(values)!;
        expect(low).to.be.at.most(medianOf(values));
        expect(high).to.be.at.least(medianOf(values));
      }),
    );
  });

  it('has the p that counting by hand gives', () => {
    // Every value of one side below every one of the other: 2 / C(m + n, m).
    expect(mannWhitneyP([1, 2, 3], [4, 5, 6])).to.be.closeTo(0.1, 1e-12);
    expect(mannWhitneyP([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12])).to.be.closeTo(2 / 924, 1e-12);
    // U = 9 of 20: 57 of the C(9, 4) = 126 orders have as little or less.
    expect(mannWhitneyP([1.1, 2.2, 5.5, 7.1], [0.3, 3.3, 4.4, 6.6, 8.8])).to.be.closeTo(114 / 126, 1e-12);
    // U = 2.5 with ties of 3, 2 and 2: z = (8 - 2.5 - 0.5) / sqrt(16 / 12 * (9 - 36 / 56)) = 1.498.
    expect(mannWhitneyP([1, 2, 2, 3], [2, 3, 4, 4])).to.be.closeTo(0.1342, 5e-5);
    expect(mannWhitneyP([7, 7, 7], [7, 7, 7])).to.equal(1);
    expect(mannWhitneyP([], [1])).to.equal(undefined);
  });

  it('does not mind which side is which, nor how the values are scaled', () => {
    fc.assert(
      fc.property(numbers, numbers, (first, second) => {
        const p = mannWhitneyP(first, second)!;
        expect(p).to.be.within(0, 1);
        expect(mannWhitneyP(second, first)).to.be.closeTo(p, 1e-9);
        const stretched = (values: readonly number[]) => values.map((value) => 3 * value + 11);
        expect(mannWhitneyP(stretched(first), stretched(second))).to.equal(p);
      }),
    );
  });

  it('counts out what the approximation comes near to', () => {
    const values = (from: number) => Array.from({ length: 40 }, (_, index) => index * 2 + from);
    const exact = mannWhitneyP(values(0), values(13))!;
    // One tie more makes it the approximation.
    const near = mannWhitneyP(values(0), [...values(13).slice(1), 26.0])!;
    expect(near).to.be.closeTo(exact, 0.03);
    expect(normalTail(1.959964)).to.be.closeTo(0.025, 1e-6);
  });
});
