import { expect } from 'chai';
import fc from 'fast-check';
import { didYouMean, nearestName } from '../../../src/shared/nearest-name.js';

const FIELDS = ['latency', 'jitter', 'correlation', 'reorder'];

describe('nearestName', () => {
  it('finds a word with one wrong, missing, added or swapped letter', () => {
    for (const typo of ['latancy', 'latncy', 'latenccy', 'latnecy', 'Latency']) {
      expect(nearestName(typo, FIELDS), typo).to.equal('latency');
    }
  });

  it('finds nothing for a word that resembles none', () => {
    expect(nearestName('bandwidth', FIELDS)).to.equal(undefined);
    expect(nearestName('x', ['p50', 'y'])).to.equal(undefined);
    expect(nearestName('', FIELDS)).to.equal(undefined);
    expect(nearestName('latency', [])).to.equal(undefined);
  });

  it('finds every candidate by its own name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (names) => {
        for (const name of names) expect(nearestName(name, names)).to.equal(name);
      }),
    );
  });

  it('finds the name with two neighbours swapped, where names are far apart', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), fc.nat(), (field, seed) => {
        const at = seed % (field.length - 1);
        const swapped = field.slice(0, at) + field.charAt(at + 1) + field.charAt(at) + field.slice(at + 2);
        expect(nearestName(swapped, FIELDS)).to.equal(field);
      }),
    );
  });
});

describe('didYouMean', () => {
  it('asks where there is something to ask for', () => {
    expect(didYouMean('latancy', FIELDS)).to.equal('; did you mean "latency"?');
    expect(didYouMean('zzz', FIELDS)).to.equal('');
  });
});
