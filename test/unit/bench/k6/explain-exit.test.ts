import { expect } from 'chai';
import { explainExit, isExpectedAfterInterrupt } from '../../../../src/bench/k6/explain-exit.js';

describe('explainExit', () => {
  it('names what k6 means by its code', () => {
    expect(explainExit(107)).to.equal('k6 exited with code 107: the script threw an exception');
    expect(explainExit(104)).to.equal('k6 exited with code 104: k6 does not accept the options');
  });

  it('gives a code that it does not know as it is', () => {
    expect(explainExit(3)).to.equal('k6 exited with code 3');
  });

  it('takes no crash for a stop', () => {
    expect([0, 99, 105, 110].every(isExpectedAfterInterrupt)).to.equal(true);
    expect([2, 100, 101, 104, 107, 108, 109, 255].some(isExpectedAfterInterrupt)).to.equal(false);
  });
});
