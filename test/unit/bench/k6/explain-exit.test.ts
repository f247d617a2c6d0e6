import { expect } from 'chai';
import { explainExit, isExpectedAfterInterrupt } from '../../../../src/bench/k6/explain-exit.js';

describe('explainExit', () => {
  it('names what k6 means by its code', () => {
    expect(explainExit(107)).to.equal('k6 exited with code 107: the script threw an exception');
    expect(explainExit(104)).to.equal('k6 exited with code 104: k6 does not accept the options');
  });

  it('names every code that k6 has', () => {
    const known = [97, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110];
    const texts = known.map(explainExit);
    for (const [index, text] of texts.entries()) {
      expect(text).to.match(new RegExp(`^k6 exited with code ${known[index]!}: \\S+ \\S+`));
    }
    expect(new Set(texts.map((text) => text.split(': ')[1])).size).to.equal(known.length);
  });

  it('gives a code that it does not know as it is', () => {
    expect(explainExit(3)).to.equal('k6 exited with code 3');
  });

  it('takes no crash for a stop', () => {
    expect([0, 99, 105, 110].every(isExpectedAfterInterrupt)).to.equal(true);
    expect([2, 100, 101, 104, 107, 108, 109, 255].some(isExpectedAfterInterrupt)).to.equal(false);
  });
});
