import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { describeK6 } from '../../../../src/bench/k6/describe-k6.js';
import { findK6, type K6Binary } from '../../../../src/bench/k6/find-k6.js';
import type { K6Load } from '../../../../src/bench/k6/k6-load.js';

describe('findK6', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-find-k6-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function program(path: string, says: string): Promise<string> {
    const whole = join(folder, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeFile(whole, `#!/bin/sh\nprintf '%b\\n' '${says}'\n`, { mode: 0o755 });
    return whole;
  }
  const find = (env: Record<string, string> = {}) =>
    findK6({ env: { PATH: '', ...env }, cacheDir: join(folder, 'cache') });

  it('takes what PLIMSOLL_K6 names before anything else', async () => {
    await program('bin/k6', 'k6 v1.8.1 (go1.26.8, linux/amd64)');
    const named = await program('named', 'k6 v2.2.0 (go1.26.8, linux/amd64)');
    expect(await find({ PLIMSOLL_K6: named, PATH: join(folder, 'bin') })).to.deep.equal({
      path: named,
      version: '2.2.0',
      major: 2,
      foundIn: 'PLIMSOLL_K6',
      isExtended: false,
    });
  });

  it("knows one with Plimsoll's extension, whatever its name", async () => {
    const named = await program(
      'k6-extended',
      'k6-extended v2.2.0 (go1.26.8, linux/amd64)\nExtensions:\n  plimsoll.dev/k6-extension , k6/x/plimsoll [js]',
    );
    const found = await find({ PLIMSOLL_K6: named });
    expect(found).to.include({ version: '2.2.0', isExtended: true });
    const load: K6Load = { kind: 'k6-script', script: 'load.js', env: {}, maxDurationMs: 1000 };
    expect(describeK6(load, found as K6Binary).version).to.equal("2.2.0 with Plimsoll's extension");
    expect(describeK6(load, found as K6Binary, 'runners').version).to.equal('2.2.0'); // they have another k6
  });

  it('tries nothing else where PLIMSOLL_K6 names something that does not work', async () => {
    await program('bin/k6', 'k6 v1.8.1 (go1.26.8, linux/amd64)');
    const found = await find({ PLIMSOLL_K6: join(folder, 'nothing'), PATH: join(folder, 'bin') });
    expect(found).to.have.property('missing', `PLIMSOLL_K6 is ${join(folder, 'nothing')}: no such program`);
    expect(found).to.have.property('remedy').that.includes('install k6 1.x or 2.x');
  });

  it('looks on the search path, then in the cache, the newest first', async () => {
    await program('cache/k6-v1.8.1/k6', 'k6 v1.8.1');
    await program('cache/k6-v1.10.0/k6', 'k6 v1.10.0');
    expect(await find()).to.include({ version: '1.10.0', major: 1, foundIn: 'cache' });
    await program('bin/k6', 'k6 v2.0.0-rc1 (commit/1234, go1.26, darwin/arm64)');
    expect(await find({ PATH: `/nowhere:${join(folder, 'bin')}` })).to.include({
      version: '2.0.0-rc1',
      foundIn: 'PATH',
    });
  });

  it('takes a binary that lies in the cache itself', async () => {
    await program('cache/k6', 'k6 v2.2.0');
    expect(await find()).to.include({ version: '2.2.0', path: join(folder, 'cache/k6') });
  });

  it('goes on from a version that it cannot use to one that it can, and refuses with the reason', async () => {
    await program('bin/k6', 'k6 v0.57.0 (go1.24)');
    const PATH = join(folder, 'bin');
    expect(await find({ PATH })).to.have.property(
      'missing',
      `${join(PATH, 'k6')}: version 0.57.0 is not supported, 1.x and 2.x are`,
    );
    await program('cache/k6', 'k6 v2.2.0');
    expect(await find({ PATH })).to.include({ version: '2.2.0' });
  });

  it('refuses a program that is no k6', async () => {
    await program('bin/k6', 'hello');
    expect(await find({ PATH: join(folder, 'bin') }))
      .to.have.property('missing')
      .that.includes('did not print a version');
  });

  it('says where it looked when there is none', async () => {
    expect(await find())
      .to.have.property('missing')
      .that.includes(join(folder, 'cache'));
  });
});
