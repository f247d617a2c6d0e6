import { expect } from 'chai';
import { compileTemplate, fillTemplate } from '../../../../src/bench/embedded/compile-template.js';

const values = { seq: 7, uuid: 'u-u' };

describe('compileTemplate', () => {
  it('fills in every token', () => {
    const template = compileTemplate('{"n": {{seq}}, "id": "{{ uuid }}-{{seq}}"}');
    expect(fillTemplate(template, values)).to.equal('{"n": 7, "id": "u-u-7"}');
  });

  it('fills in a token that is all there is', () => {
    expect(fillTemplate(compileTemplate('{{seq}}'), values)).to.equal('7');
  });

  it('leaves a text without tokens fixed, other braces included', () => {
    const text = '{"a": {"b": 1}} {{name}}';
    expect(compileTemplate(text)).to.deep.equal({ kind: 'fixed', text });
  });
});
