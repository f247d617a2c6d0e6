import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/shared/package-root.js';

const TRAPS = 32;
const TEST = /`([\w/.-]+\.test\.ts)` "([^"]+)"/g;

describe('the table of traps in test/README.md', () => {
  const readme = readFileSync(join(packageRoot, 'test', 'README.md'), 'utf8');
  const rows = readme
    .slice(readme.indexOf('## Traps'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);

  it('has a row for each', () => {
    expect(rows).to.have.length(TRAPS);
  });

  for (const row of rows) {
    const [, trap = ''] = row.split('|').map((cell) => cell.trim());
    it(`names tests that are there: ${trap}`, () => {
      const tests = [...row.matchAll(TEST)];
      expect(tests).not.to.deep.equal([]);
      for (const [, file = '', title = ''] of tests) {
        const source = readFileSync(join(packageRoot, 'test', file), 'utf8');
        // Of a title that is made, its beginning has to be enough.
        expect(source.includes(`'${title}'`) || source.includes(`\`${title}`), `${file}: ${title}`).to.equal(
          true,
        );
      }
    });
  }
});
