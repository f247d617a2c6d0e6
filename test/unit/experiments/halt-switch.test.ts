import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { createHaltSwitch } from '../../../src/experiments/halt-switch.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const { signal } = new AbortController();

describe('createHaltSwitch', () => {
  const folder = temporaryFolder();

  it('is pulled while the file is there', async () => {
    const path = join(folder.path, 'HALT');
    const halt = createHaltSwitch({ kind: 'file', path, everyMs: 1000 });
    expect(await halt.look(signal)).to.equal(undefined);
    await writeFile(path, '');
    expect(await halt.look(signal)).to.equal(`the halt switch was pulled: the file ${path} is there`);
  });

  it('is pulled when the address answers anything but 2xx, or nothing', async () => {
    let status = 204;
    const server = createServer((_, response) => response.writeHead(status).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/chaos`;
    const halt = createHaltSwitch({ kind: 'http', url, everyMs: 1000 });
    expect(await halt.look(signal)).to.equal(undefined);
    status = 503;
    expect(await halt.look(signal)).to.equal(`the halt switch was pulled: ${url} answers 503`);
    server.close();
    await once(server, 'close');
    expect(await halt.look(signal)).to.contain(`${url} gives no answer: `);
    expect(await halt.look(AbortSignal.abort()), 'nobody asks any more').to.equal(undefined);
  });
});
