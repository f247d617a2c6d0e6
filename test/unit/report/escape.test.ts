import { expect } from 'chai';
import fc from 'fast-check';
import { embedJson, escapeXml } from '../../../src/report/escape.js';

const hostile = fc.string({
  unit: fc.constantFrom(
    ...[
      '<',
      '>',
      '&',
      '"',
      "'",
      '`',
      '=',
      '/',
      '!',
      '-',
      ']',
      '\u2028',
      '\u2029',
      '\0',
      '\u001b',
      '\ud800',
      '\ufffe',
    ],
    ...['</script>', '<!--', '<script', 'a', ' ', '\n', '😀', '{{', '}}'],
  ),
});

describe('embedJson', () => {
  it('gives back the same value, and holds nothing that could leave a script element', () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const embedded = embedJson({ value, text });
        expect(embedded).not.to.match(/[<\u2028\u2029]/);
        expect(JSON.parse(embedded)).to.deep.equal(JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });
});

describe('escapeXml', () => {
  it('leaves no markup, and no character that XML forbids', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeXml(text);
        expect(escaped.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.to.match(/[<>&"']/);
        // eslint-disable-next-line no-control-regex -- the characters in question
        expect(escaped).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(() => encodeURIComponent(escaped), 'lone surrogates').not.to.throw();
      }),
    );
  });
});
