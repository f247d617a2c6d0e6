import { expect } from 'chai';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnProcess, type SpawnedProcess, type SpawnOptions } from '../../../src/shared/spawn-process.js';

async function start(options: SpawnOptions): Promise<SpawnedProcess> {
  const outcome = await spawnProcess(options);
  if (outcome.status === 'not-started') throw new Error(outcome.reason);
  return outcome.process;
}

const node = (script: string): string[] => [process.execPath, '-e', script];

describe('spawnProcess', () => {
  it('tells the exit code', async () => {
    const { exited } = await start({ command: node('process.exit(7)') });
    expect(await exited).to.deep.equal({ status: 'exited', code: 7 });
  });

  it('tells the signal', async () => {
    const { child, exited } = await start({ command: node('setInterval(() => {}, 1000)') });
    child.kill('SIGKILL');
    expect(await exited).to.deep.equal({ status: 'signalled', signal: 'SIGKILL' });
  });

  it('says what the system said when there is no such program', async () => {
    const outcome = await spawnProcess({ command: ['plimsoll-no-such-program'] });
    expect(outcome).to.include({ status: 'not-started', code: 'ENOENT' });
  });

  it('writes both streams into an open file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'));
    const log = await open(join(folder, 'log'), 'a');
    try {
      const script = 'console.log(process.env.COLOUR); console.error("told")';
      const stream = { fd: log.fd };
      const { exited } = await start({
        command: node(script),
        env: { COLOUR: 'blue' },
        stdout: stream,
        stderr: stream,
      });
      await exited;
      expect(await readFile(join(folder, 'log'), 'utf8')).to.equal('blue\ntold\n');
    } finally {
      await log.close();
      await rm(folder, { recursive: true });
    }
  });

  it('is exited though a child of its own still holds the pipe', async () => {
    const grandchild = `['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'inherit', 'ignore'] }`;
    const script = `const c = require('node:child_process').spawn(process.execPath, ${grandchild}); console.log(c.pid); process.exit(0)`;
    const { child, exited } = await start({ command: node(script), stdout: 'pipe', group: true });
    const [pid] = (await new Promise<Buffer>((resolve) => child.stdout?.once('data', resolve)))
      .toString()
      .split('\n');
    expect(Number(pid)).to.be.greaterThan(0);
    expect(await exited).to.deep.equal({ status: 'exited', code: 0 });
  });

  it('exchanges messages where it was asked for', async () => {
    const { child, exited } = await start({
      command: node('process.on("message", (m) => { process.send(m + 1); process.disconnect(); })'),
      ipc: true,
    });
    const answer = new Promise((resolve) => child.once('message', resolve));
    child.send(41);
    expect(await answer).to.equal(42);
    expect(await exited).to.deep.equal({ status: 'exited', code: 0 });
  });
});
