import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/shared/package-root.js';

/** Holds a text against test/golden/<name>; UPDATE_GOLDEN=1 writes it instead, and the change is read in review. */
export async function expectGolden(name: string, text: string): Promise<void> {
  const file = join(packageRoot, 'test', 'golden', name);
  if (process.env.UPDATE_GOLDEN === '1') {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  expect(text, `differs from test/golden/${name}; UPDATE_GOLDEN=1 npm test writes it anew`).to.equal(
    await readFile(file, 'utf8'),
  );
}
