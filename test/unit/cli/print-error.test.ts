import { expect } from 'chai';
import { formatError } from '../../../src/cli/print-error.js';
import { PlimsollError } from '../../../src/shared/errors.js';

describe('formatError', () => {
  it('shows an expected failure with its remedy, and no stack', () => {
    const text = formatError(
      new PlimsollError('NOT_READY', 'port 18080 is in use', { remedy: 'stop the other' }),
      {
        colour: false,
      },
    );
    expect(text).to.equal('error: port 18080 is in use\n  remedy:  stop the other\n');
  });

  it('names the cause once', () => {
    const cause = new Error('EACCES');
    const said = formatError(new PlimsollError('USAGE', 'cannot read: EACCES', { cause }), { colour: false });
    expect(said).not.to.include('because');
    const unsaid = formatError(new PlimsollError('USAGE', 'cannot read', { cause }), { colour: false });
    expect(unsaid).to.include('because: EACCES');
  });

  it('shows anything else as a bug, with its stack and how to report it', () => {
    const text = formatError(new TypeError('x is not a function', { cause: new Error('inner') }), {
      colour: false,
    });
    expect(text).to.match(/^internal error: x is not a function\n\s+at /);
    expect(text).to.include('caused by: inner').and.include('report it');
  });
});
