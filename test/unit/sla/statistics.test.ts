import { expect } from 'chai';
import fc from 'fast-check';
import { fewestSamples } from '../../../src/sla/statistics/fewest-samples.js';
import { atLeastOf, atMostOfExpected } from '../../../src/sla/statistics/tail-probability.js';

describe('fewestSamples', () => {
  it('is the number from which on a 95 % interval has ends that are samples', () => {
    expect([50, 90, 95, 99, 99.9].map(fewestSamples)).to.deep.equal([6, 36, 72, 368, 3688]);
    expect(fewestSamples(1)).to.equal(fewestSamples(99));
  });
});

describe('atLeastOf', () => {
  it('gives the upper tail of the binomial distribution', () => {
    expect(atLeastOf(3, 3, 0.5)).to.be.closeTo(0.125, 1e-12);
    expect(atLeastOf(2, 3, 0.5)).to.be.closeTo(0.5, 1e-12);
    expect(atLeastOf(1, 3, 0.5)).to.be.closeTo(0.875, 1e-12);
    expect(atLeastOf(0, 3, 0.5)).to.equal(1);
    expect(atLeastOf(5, 100, 0.01)).to.be.closeTo(0.0034, 1e-4);
    expect(atLeastOf(4, 3, 0.5)).to.equal(0);
    expect(atLeastOf(1, 3, 0)).to.equal(0);
    expect(atLeastOf(3, 3, 1)).to.equal(1);
    expect(atLeastOf(50_000, 50_000, 0.01)).to.equal(0);
  });

  it('falls with more hits, and is a probability', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(3000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, k, q) => {
          const tail = atLeastOf(k, n, q);
          expect(tail).to.be.within(-1e-9, 1);
          expect(atLeastOf(k + 1, n, q)).to.be.at.most(tail + 1e-9);
        },
      ),
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
