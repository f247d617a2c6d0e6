import { expect } from 'chai';
import fc from 'fast-check';
import { createWeightedChoice } from '../../../../src/bench/embedded/weighted-choice.js';

describe('createWeightedChoice', () => {
  it('spreads the rare ones among the frequent', () => {
    const choose = createWeightedChoice([5, 1, 1]);
    expect(Array.from({ length: 7 }, choose)).to.deep.equal([0, 0, 1, 0, 2, 0, 0]);
  });

  it('draws each exactly as often as its weight says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const choose = createWeightedChoice(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const drawn = weights.map(() => 0);
        for (let draw = 0; draw < total; draw++) drawn[choose()]! += 1;
        expect(drawn).to.deep.equal(weights);
      }),
    );
  });
});
