import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { findDocuments } from '../../../src/cli/find-documents.js';
import { PlimsollError } from '../../../src/shared/errors.js';

describe('findDocuments', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-documents-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  async function write(path: string, text: string) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }

  it('takes of a folder what is Plimsoll’s, at any depth, once, and nothing that others brought', async () => {
    const ours = 'apiVersion: plimsoll.dev/v1\n';
    await write('b.yaml', ours);
    await write('sub/a.yml', ours);
    await write('manifest.yaml', 'apiVersion: chaos-mesh.org/v1alpha1\n');
    await write('eviction.yaml', `${ours}kind: PodEviction\n`);
    await write('node_modules/x/c.yaml', ours);
    await write('.hidden/c.yaml', ours);
    const found = await findDocuments([folder, join(folder, 'b.yaml')]);
    expect(found).to.deep.equal([join(folder, 'b.yaml'), join(folder, 'sub', 'a.yml')]);
  });

  it('leaves a file that is named to whoever reads it, even where there is none', async () => {
    expect(await findDocuments(['no-such.yaml'])).to.deep.equal(['no-such.yaml']);
  });

  it('refuses a folder that holds nothing of Plimsoll’s', async () => {
    let thrown: unknown;
    await findDocuments([folder]).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(PlimsollError);
  });
});
