import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readCpuWaitMs } from '../../../src/cli/read-cpu-wait.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('readCpuWaitMs', () => {
  const folder = temporaryFolder();

  it('reads for how long some process has waited', async () => {
    const path = join(folder.path, 'cpu');
    await writeFile(
      path,
      'some avg10=1.50 avg60=0.80 avg300=0.20 total=8837801\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=12\n',
    );
    expect(readCpuWaitMs(path)).to.equal(8837.801);
  });

  it('knows nothing where the kernel does not tell, or tells something else', async () => {
    const path = join(folder.path, 'cpu');
    expect(readCpuWaitMs(path)).to.equal(undefined);
    await writeFile(path, 'some\n');
    expect(readCpuWaitMs(path)).to.equal(undefined);
  });
});
