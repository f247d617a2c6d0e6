import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { createTerminal, type Stream } from '../../../src/cli/terminal.js';

class FakeStream extends EventEmitter {
  readonly isTTY: boolean;
  readonly columns = 90;
  written = '';
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  write(text: string): boolean {
    this.written += text;
    return true;
  }
}

function open(isTTY: boolean, env: NodeJS.ProcessEnv = {}, colour = true) {
  const stdout = new FakeStream(isTTY);
  const stderr = new FakeStream(isTTY);
  const terminal = createTerminal(stdout as unknown as Stream, stderr as unknown as Stream, env, { colour });
  return { stdout, stderr, terminal };
}

describe('createTerminal', () => {
  it('has colours and moving lines on a terminal only', () => {
    expect(open(true).terminal.err).to.include({ colour: true, live: true });
    expect(open(false).terminal.err).to.include({ colour: false, live: false });
  });

  it('has neither where NO_COLOR, --no-color or a dumb terminal forbids it', () => {
    const plain = { colour: false, live: false };
    expect(open(true, { NO_COLOR: '1' }).terminal.err).to.include(plain);
    expect(open(true, {}, false).terminal.err).to.include(plain);
    expect(open(true, { TERM: 'dumb' }).terminal.err).to.include(plain);
  });

  it('has colours and no moving lines where FORCE_COLOR asks for them in a pipe', () => {
    expect(open(false, { FORCE_COLOR: '1' }).terminal.out).to.include({ colour: true, live: false });
    expect(open(false, { FORCE_COLOR: '0' }).terminal.out).to.include({ colour: false });
  });

  it('says nothing more to a reader that has gone away, and counts nothing as lost', () => {
    const { stdout, terminal } = open(false);
    terminal.out.write('a');
    stdout.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    terminal.out.write('b');
    expect(stdout.written).to.equal('a');
    expect(terminal.lost()).to.equal(undefined);
  });

  it('tells of output that could not be written', () => {
    const { stdout, terminal } = open(false);
    stdout.emit('error', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    expect(terminal.lost()).to.equal('no space left on device');
  });
});
