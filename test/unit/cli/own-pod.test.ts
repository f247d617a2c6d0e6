import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ownPod } from '../../../src/cli/own-pod.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('ownPod', () => {
  const folder = temporaryFolder();

  it('is named after the host, in the namespace of its service account', async () => {
    const file = join(folder.path, 'namespace');
    await writeFile(file, 'shop\n');
    expect(await ownPod(file)).to.equal(`shop/${hostname()}`);
  });

  it('is none outside a cluster', async () => {
    expect(await ownPod(join(folder.path, 'namespace'))).to.equal(undefined);
  });
});
