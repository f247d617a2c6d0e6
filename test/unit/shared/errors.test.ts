import { expect } from 'chai';
import { inOneLine } from '../../../src/shared/errors.js';

describe('inOneLine()', () => {
  it('leaves one line as it is', () => {
    expect(inOneLine('no such file')).to.equal('no such file');
    expect(inOneLine('')).to.equal('');
  });

  it('has the first line introduce the others, without blank lines and repetitions', () => {
    expect(inOneLine('it failed\n  not found\n\n  not found\r\n  giving up\n')).to.equal(
      'it failed: not found; giving up',
    );
  });
});
