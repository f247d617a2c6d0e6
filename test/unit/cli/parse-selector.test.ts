import { expect } from 'chai';
import { parseSelector } from '../../../src/cli/parse-selector.js';
import { PlimsollError } from '../../../src/shared/errors.js';

describe('parseSelector', () => {
  it('reads labels given one by one or with commas between them', () => {
    expect(parseSelector(['suite=nightly,tier=1', 'owner=a=b'])).to.deep.equal({
      suite: 'nightly',
      tier: '1',
      owner: 'a=b',
    });
    expect(parseSelector([])).to.deep.equal({});
  });

  it('refuses what is no label, and a label with two values', () => {
    for (const texts of [['nightly'], ['=x'], [''], ['a=1', 'a=2']])
      expect(() => parseSelector(texts), texts.join()).to.throw(PlimsollError);
  });
});
