import { readdir, readlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createShelfFile } from '../../../src/bench/create-shelf-file.js';
import type { Place } from '../../../src/bench/shelf.js';
import { PlimsollError } from '../../../src/shared/errors.js';
import { endPrograms, runProgram } from '../../support/run-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { requiresProcfs } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

async function written(places: readonly Place[]): Promise<void> {
  await waitUntil('the texts are in the file', () => places.every(({ text }) => text === undefined));
}

/** The open file by a name that it still has where there is /proc. */
async function nameOfOpen(path: string): Promise<string | undefined> {
  for (const fd of await readdir('/proc/self/fd')) {
    const name = `/proc/self/fd/${fd}`;
    if ((await readlink(name).catch(() => '')).startsWith(`${path} `)) return name;
  }
  return undefined;
}

describe('createShelfFile', () => {
  const folder = temporaryFolder();
  afterEach(endPrograms);
  const path = () => join(folder.path, 'shelf.tmp');

  it('gives back any text, from memory and from the file, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), { maxLength: 5 }),
        async (batches) => {
          const file = createShelfFile(path());
          const texts = batches.flat();
          const places: Place[] = [];
          for (const batch of batches) {
            places.push(...batch.map((text) => file.shelf.put(text)));
            expect(places.map((place) => file.shelf.take(place))).to.deep.equal(
              texts.slice(0, places.length),
            );
            await written(places);
          }
          expect(places.toReversed().map((place) => file.shelf.take(place))).to.deep.equal(
            texts.toReversed(),
          );
          await file.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has a file without a name, which no end of the process leaves behind', async () => {
    const file = createShelfFile(path());
    await written([file.shelf.put('a')]);
    expect(await readdir(folder.path)).to.be.empty;
    await file.close();
  });

  it('keeps its texts in memory where there can be no file', async () => {
    const file = createShelfFile(join(folder.path, 'nowhere', 'shelf.tmp'));
    const [first, second] = [file.shelf.put('a'), file.shelf.put('b')];
    await file.close();
    expect([file.shelf.take(first), file.shelf.take(second)]).to.deep.equal(['a', 'b']);
  });

  it('keeps in memory what the disk does not take, and gives back all of it', async () => {
    const most = 4096;
    const filler = await runProgram('fill-shelf', [path(), String(most)], { maxFileKiB: most / 1024 });
    await filler.exited;
    expect(filler.output()).to.match(/^(3\d|40) of 82 in the file, all the same\n$/);
  });

  it('says which disk it is where a text cannot be read again', async function () {
    requiresProcfs(this);
    const file = createShelfFile(path());
    const place = file.shelf.put('a text');
    await written([place]);
    await truncate((await nameOfOpen(path())) ?? '', 3);
    expect(() => file.shelf.take(place))
      .to.throw(PlimsollError, `cannot be read again from the disk of ${path()}: it ends too early`)
      .with.property('code', 'NOT_READY');
    await file.close();
  });

  it('closes its file, once', async function () {
    requiresProcfs(this);
    const file = createShelfFile(path());
    const place = file.shelf.put('a');
    await written([place]);
    expect(await nameOfOpen(path())).not.to.equal(undefined);
    await file.close();
    await file.close();
    expect(await nameOfOpen(path())).to.equal(undefined);
    expect(() => file.shelf.take(place)).to.throw('the shelf is closed');
  });
});
