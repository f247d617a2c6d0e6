import { expect } from 'chai';
import fc from 'fast-check';
import { createCsvSplitter } from '../../../../src/bench/command/split-csv.js';

function rowsOf(text: string, delimiter = ','): readonly (readonly string[])[] {
  const splitter = createCsvSplitter(delimiter);
  return text.split('\n').flatMap((line) => {
    const row = splitter.take(line);
    if (row === 'unreadable') throw new Error(line);
    return row === 'goes-on' ? [] : [row];
  });
}

describe('createCsvSplitter', () => {
  it('reads back whatever was written by the rules of CSV', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ' ') });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const text = rows
          .map((row) =>
            row.map((each) => (/[,"\n]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each)).join(','),
          )
          .join('\n');
        expect(rowsOf(text)).to.deep.equal(rows);
      }),
    );
  });

  it('reads other delimiters', () => {
    expect(rowsOf('a;"b;c"', ';')).to.deep.equal([['a', 'b;c']]);
  });

  it('refuses letters behind a closing quote, and goes on with the next row', () => {
    const splitter = createCsvSplitter(',');
    expect(splitter.take('"a"b,c')).to.equal('unreadable');
    expect(splitter.take('a,b')).to.deep.equal(['a', 'b']);
  });

  it('gives a quote up that nothing closes, so that the rest is not swallowed', () => {
    const splitter = createCsvSplitter(',');
    const taken = Array.from({ length: 1001 }, () => splitter.take('"a'));
    expect(taken.slice(0, 3)).to.deep.equal(['goes-on', 'unreadable', 'goes-on']);
    const open = createCsvSplitter(',');
    const others = Array.from({ length: 1000 }, (_, index) => open.take(index === 0 ? '"a' : 'b'));
    expect(others.at(-2)).to.equal('goes-on');
    expect(others.at(-1)).to.equal('unreadable');
    expect(open.isOpen()).to.equal(false);
  });
});
