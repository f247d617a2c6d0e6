import { expect } from 'chai';
import fc from 'fast-check';
import type { LatencyBucket } from '../../../src/bench/measurement.js';
import { seededRandom } from '../../../src/shared/seeded-random.js';
import { detectableChange } from '../../../src/sla/statistics/detectable-change.js';
import { fewestSamples } from '../../../src/sla/statistics/fewest-samples.js';
import { incompleteBeta } from '../../../src/sla/statistics/incomplete-beta.js';
import { countOf, mergeBuckets, rankOf, sampleOfRank } from '../../../src/sla/statistics/merged-buckets.js';
import { normalQuantile } from '../../../src/sla/statistics/normal-distribution.js';
import { percentileInterval } from '../../../src/sla/statistics/percentile-interval.js';
import { bootstrapInterval, combineIntervals } from '../../../src/sla/statistics/relative-interval.js';
import { RESAMPLES, resamplePercentiles } from '../../../src/sla/statistics/resample-percentiles.js';
import { createBlocks } from '../../../src/sla/statistics/second-blocks.js';
import { studentT } from '../../../src/sla/statistics/student-t.js';
import { atLeastOf, atMostOfExpected } from '../../../src/sla/statistics/tail-probability.js';
import { createWidening, NO_WIDENING } from '../../../src/sla/statistics/widening.js';

/** 1, 2, ... n microseconds, once each. */
function upTo(n: number): LatencyBucket[] {
  return Array.from({ length: n }, (_, index) => ({ toUs: index + 1, count: 1 }));
}

function bucketsOf(values: readonly number[]): readonly LatencyBucket[] {
  return mergeBuckets([values.map((toUs) => ({ toUs, count: 1 }))]);
}

describe('fewestSamples', () => {
  it('is the number from which on a 95 % interval has ends that are samples', () => {
    expect([50, 90, 95, 99, 99.9].map((percent) => fewestSamples(percent))).to.deep.equal([
      6, 36, 72, 368, 3688,
    ]);
    expect(fewestSamples(1)).to.equal(fewestSamples(99));
    expect(fewestSamples(99, 0.5)).to.be.above(fewestSamples(99));
  });
});

describe('normalQuantile', () => {
  it('is that of the tables', () => {
    expect(normalQuantile(0.975)).to.be.closeTo(1.95996, 0.0005);
    expect(normalQuantile(0.8)).to.be.closeTo(0.84162, 0.0005);
    expect(normalQuantile(0.05)).to.be.closeTo(-1.64485, 0.0005);
  });
});

describe('detectableChange', () => {
  it('is 2.8 standard errors of the percentile, doubled', () => {
    // p95 of 3,000 lognormal latencies: sqrt(0.95 x 0.05 / 3000) / (0.1031 / 0.5) = 0.0193
    expect(Math.log1p(detectableChange(95, 3000))).to.be.closeTo(2 * 2.8 * 0.0193, 0.001);
  });

  it('shrinks with the samples of either window, and is larger for a rarer percentile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 1e6 }), fc.integer({ min: 400, max: 1e6 }), (own, others) => {
        expect(detectableChange(95, own + 1, others)).to.be.below(detectableChange(95, own, others));
        expect(detectableChange(95, own, others + 1)).to.be.below(detectableChange(95, own, others));
        expect(detectableChange(95, own)).to.be.below(detectableChange(95, own, others));
        expect(detectableChange(99, own)).to.be.above(detectableChange(95, own));
      }),
    );
  });
});

describe('incompleteBeta', () => {
  it('agrees with tables and closed forms', () => {
    expect(incompleteBeta(0.3, 1, 1)).to.be.closeTo(0.3, 1e-11);
    expect(incompleteBeta(0.5, 2.5, 2.5)).to.be.closeTo(0.5, 1e-12);
    expect(incompleteBeta(0.2, 3, 1)).to.be.closeTo(0.008, 1e-11);
    expect(incompleteBeta(0.2, 1, 3)).to.be.closeTo(1 - 0.8 ** 3, 1e-11);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).to.deep.equal([0, 1]);
  });

  it('is there at the mean too, where rounding puts both x and 1 - x above it', () => {
    const expected = 0.866195721802725; // by mpmath
    expect(incompleteBeta(0.25, 1 / 3, 3)).to.be.closeTo(expected, 1e-11);
    expect(incompleteBeta(0.75, 3, 1 / 3)).to.be.closeTo(1 - expected, 1e-11);
    // Effective numbers of samples are fractions: here 200 of 209, of which seven tell as much as one.
    const buckets = [
      { toUs: 1, count: 200 },
      { toUs: 2, count: 9 },
    ];
    expect(percentileInterval(buckets, 90, () => 7)).to.include({ low: 1, high: 2 });
  });
});

describe('studentT', () => {
  it('agrees with the table of the 95 % interval', () => {
    const table = [12.706, 4.303, 2.776, 2.145, 2.045, 2.001];
    for (const [index, df] of [1, 2, 4, 14, 29, 59].entries()) {
      expect(studentT(0.05, df)).to.be.closeTo(table[index]!, 5e-4);
    }
  });
});

describe('atLeastOf', () => {
  it('gives the upper tail of the binomial distribution', () => {
    expect(atLeastOf(3, 3, 0.5)).to.be.closeTo(0.125, 1e-12);
    expect(atLeastOf(2, 3, 0.5)).to.be.closeTo(0.5, 1e-12);
    expect(atLeastOf(0, 3, 0.5)).to.equal(1);
    expect(atLeastOf(5, 100, 0.01)).to.be.closeTo(0.0034, 1e-4);
    expect(atLeastOf(4, 3, 0.5)).to.equal(0);
    expect(atLeastOf(1, 3, 0)).to.equal(0);
    expect(atLeastOf(3, 3, 1)).to.equal(1);
    expect(atLeastOf(50_000, 50_000, 0.01)).to.equal(0);
  });

  it('falls with more hits, and is a probability', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(3000), share, (n, k, q) => {
        const tail = atLeastOf(k, n, q);
        expect(tail).to.be.within(-1e-9, 1 + 1e-9);
        expect(atLeastOf(k + 1, n, q)).to.be.at.most(tail + 1e-9);
      }),
    );
  });
});

describe('atMostOfExpected', () => {
  it('gives the lower tail of the Poisson distribution', () => {
    expect(atMostOfExpected(0, 7)).to.be.closeTo(Math.exp(-7), 1e-15);
    expect(atMostOfExpected(2, 2)).to.be.closeTo(5 * Math.exp(-2), 1e-12);
    expect(atMostOfExpected(470, 475)).to.be.within(0.3, 0.5);
    expect(atMostOfExpected(3, 0)).to.equal(1);
  });
});

describe('percentileInterval', () => {
  it('has the ends that the tables of order statistics give', () => {
    // The median of 100: ranks 40 and 61 (David and Nagaraja, table 7.1.1 has 40 and 61 for 95 %).
    expect(percentileInterval(upTo(100), 50, NO_WIDENING)).to.deep.include({ low: 40, high: 61 });
    // The largest of 368 is the first upper end of a p99, and 367 have none.
    expect(percentileInterval(upTo(368), 99, NO_WIDENING)?.high).to.equal(368);
    expect(percentileInterval(upTo(3688), 99.9, NO_WIDENING)?.high).to.equal(3688);
    expect(percentileInterval([], 50, NO_WIDENING)).to.equal(undefined);
  });

  it('holds the percentile, is the same from below and from above, and is wider for fewer independent samples', () => {
    const values = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 10, maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(
        values,
        fc.constantFrom(10, 50, 90, 95),
        fc.integer({ min: 1, max: 9 }),
        (samples, percent, times) => {
          const buckets = bucketsOf(samples);
          const { low, high } = percentileInterval(buckets, percent, NO_WIDENING)!;
          const reading = sampleOfRank(buckets, rankOf(percent, samples.length))!;
          expect(low).to.be.at.most(reading);
          expect(high).to.be.at.least(reading);
          const mirrored = percentileInterval(
            bucketsOf(samples.map((us) => 1000 - us)),
            100 - percent,
            NO_WIDENING,
          )!;
          expect([1000 - mirrored.high, 1000 - mirrored.low]).to.deep.equal([low, high]);
          const wider = percentileInterval(buckets, percent, () => times)!;
          expect(wider.low).to.be.at.most(low);
          expect(wider.high).to.be.at.least(high);
        },
      ),
    );
  });
});

describe('createWidening', () => {
  it('is 1 where every second is like the others', () => {
    const widening = createWidening(createBlocks(Array.from({ length: 15 }, () => upTo(100))));
    for (const share of [0, 0.5, 0.95, 0.99, 1]) expect(widening(share)).to.equal(1);
  });

  it('is about the number of samples that come together', () => {
    // Every other second is all slow: 100 samples tell as much as one.
    const blocks = createBlocks(
      Array.from({ length: 60 }, (_, second) => [{ toUs: second % 4 < 2 ? 10 : 900, count: 100 }]),
    );
    expect(createWidening(blocks)(0.5)).to.be.within(100, 200);
  });

  it('does not take one long outage for noise', () => {
    const outage = Array.from({ length: 60 }, (_, second) => [{ toUs: second < 30 ? 10 : 900, count: 100 }]);
    expect(createWidening(createBlocks(outage))(0.5)).to.be.below(10);
  });

  it('knows nothing of a window without seconds, and is not moved by what ended beyond it', () => {
    expect(createWidening(createBlocks([]))(0.5)).to.equal(1);
    expect(createWidening(createBlocks([upTo(5), upTo(5)]))(0.5)).to.equal(1);
    const seconds = Array.from({ length: 15 }, () => upTo(100));
    const widening = createWidening(createBlocks(seconds, [{ toUs: 9000, count: 700 }]));
    expect(widening(0.95)).to.equal(1);
  });
});

describe('resamplePercentiles', () => {
  const seconds = [upTo(50), upTo(100), [{ toUs: 500, count: 80 }], upTo(20)];

  it('draws the same for the same seed, and the percentiles of the samples where all seconds are alike', () => {
    const blocks = createBlocks(seconds);
    const draw = (seed: string) => resamplePercentiles(blocks, 95, seededRandom(seed));
    expect(draw('a')).to.deep.equal(draw('a'));
    expect(draw('a')).not.to.deep.equal(draw('b'));
    expect(draw('a')).to.have.length(RESAMPLES);
    const alike = createBlocks(Array.from({ length: 12 }, () => upTo(100)));
    for (const percent of [5, 50, 95, 99]) {
      expect(new Set(resamplePercentiles(alike, percent, seededRandom('a')))).to.deep.equal(
        new Set([percent]),
      );
    }
  });

  it('always has what ended beyond the window', () => {
    const blocks = createBlocks(seconds, [{ toUs: 9000, count: 1000 }]);
    expect(new Set(resamplePercentiles(blocks, 95, seededRandom('a')))).to.deep.equal(new Set([9000]));
  });
});

describe('relative intervals', () => {
  it('holds the ratio of two windows, and their difference', () => {
    const first = createBlocks(Array.from({ length: 30 }, (_, second) => upTo(100 + (second % 3))));
    const second = createBlocks(Array.from({ length: 30 }, (_, other) => upTo(50 + (other % 3))));
    const draws = [first, second].map((blocks) => resamplePercentiles(blocks, 95, seededRandom('a')));
    const ratio = bootstrapInterval(draws[0]!, draws[1]!, 'ratio');
    expect(ratio.low).to.be.within(1.9, 2);
    expect(ratio.high).to.be.within(1.95, 2.1);
    const difference = bootstrapInterval(draws[0]!, draws[1]!, 'difference');
    expect([difference.low, difference.high]).to.satisfy(
      ([low, high]: number[]) => low! <= 48 && high! >= 46,
    );
  });

  it('adds the distances to the ends as independent errors', () => {
    const first = { value: 100, interval: { low: 97, high: 104, confidence: 0.95 } };
    const second = { value: 50, interval: { low: 47, high: 54, confidence: 0.95 } };
    expect(combineIntervals(first, second, 'difference')).to.deep.equal({
      low: 45,
      high: 55,
      confidence: 0.95,
    });
    const ratio = combineIntervals(first, second, 'ratio');
    expect(Math.log(ratio.low / 2)).to.be.closeTo(-Math.hypot(Math.log(100 / 97), Math.log(54 / 50)), 1e-12);
    expect(Math.log(ratio.high / 2)).to.be.closeTo(Math.hypot(Math.log(1.04), Math.log(50 / 47)), 1e-12);
  });
});

describe('mergeBuckets', () => {
  it('equals the buckets of all samples, in any order', () => {
    const values = fc.array(fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(values, values, (one, other) => {
        const merged = mergeBuckets([bucketsOf(one), bucketsOf(other)]);
        expect(merged).to.deep.equal(bucketsOf([...other, ...one]));
        expect(countOf(merged)).to.equal(one.length + other.length);
      }),
    );
  });
});
