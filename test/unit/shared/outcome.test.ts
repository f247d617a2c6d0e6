import { expect } from 'chai';
import { worst } from '../../../src/shared/outcome.js';

describe('worst', () => {
  it('is inconclusive where nothing was judged', () => {
    expect(worst([])).to.equal('inconclusive');
  });

  it('lets a breach outrank an inconclusive, and that a pass', () => {
    expect(worst(['pass', 'breach', 'inconclusive'])).to.equal('breach');
    expect(worst(['pass', 'inconclusive'])).to.equal('inconclusive');
    expect(worst(['pass', 'pass'])).to.equal('pass');
  });
});
