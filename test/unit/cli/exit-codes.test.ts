import { expect } from 'chai';
import fc from 'fast-check';
import { EXIT } from '../../../src/shared/exit.js';
import { exitCodeOfError, worstExitCode } from '../../../src/cli/exit-codes.js';
import { PlimsollError } from '../../../src/shared/errors.js';

/** As docs/verdicts-and-exit-codes.md has it, the most urgent first. */
const ORDER = [75, 130, 143, 70, 1, 69, 64, 2, 0];

describe('worstExitCode', () => {
  it('is the most urgent of the codes, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER), { minLength: 1 }), (codes) => {
        expect(worstExitCode(codes)).to.equal(ORDER.find((code) => codes.includes(code)));
      }),
    );
  });

  it('is a pass only where every run passed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER)), (codes) => {
        expect(worstExitCode(codes) === EXIT.pass).to.equal(
          codes.length > 0 && codes.every((code) => code === EXIT.pass),
        );
      }),
    );
  });

  it('takes no runs at all for inconclusive', () => {
    expect(worstExitCode([])).to.equal(EXIT.inconclusive);
  });

  it('takes a code that nobody knows for a bug, and a live fault for worse', () => {
    expect(worstExitCode([0, 99])).to.equal(EXIT.internal);
    expect(worstExitCode([75, 99])).to.equal(EXIT.faultMayBeLive);
  });
});

describe('exitCodeOfError', () => {
  it('tells a mistake of the user from an environment that is not ready and from a bug', () => {
    expect(exitCodeOfError(new PlimsollError('USAGE', ''))).to.equal(64);
    expect(exitCodeOfError(new PlimsollError('NOT_READY', ''))).to.equal(69);
    expect(exitCodeOfError(new PlimsollError('FAULT_NOT_RECOVERED', ''))).to.equal(75);
    expect(exitCodeOfError(new TypeError('x'))).to.equal(70);
    expect(exitCodeOfError('thrown text')).to.equal(70);
  });
});
