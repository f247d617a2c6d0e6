import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { formatProblems } from '../../src/experiments/format-problems.js';
import { loadAny } from '../../src/experiments/load-file.js';
import { packageRoot } from '../../src/shared/package-root.js';
import { expect } from 'chai';
import { expectGolden } from '../support/golden.js';

const FOLDER = join(packageRoot, 'test', 'fixtures', 'files');

describe('what is said about invalid files', () => {
  it('is what the golden files say', async () => {
    const files = (await readdir(FOLDER)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    expect(files).to.not.be.empty;
    for (const name of files) {
      const loaded = await loadAny(join(FOLDER, name));
      const problems = loaded.ok
        ? []
        : loaded.problems.map((problem) => ({
            ...problem,
            file: relative(FOLDER, problem.file),
            message: problem.message.replaceAll(`${FOLDER}/`, ''),
          }));
      expect(problems, `${name} is invalid on purpose`).to.not.be.empty;
      await expectGolden(`problems/${name}.txt`, formatProblems(problems, { colour: false }));
    }
  });
});
