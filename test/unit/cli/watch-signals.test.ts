import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { LiveFault } from '../../../src/cli/cli-context.js';
import { leaveAtOnce } from '../../../src/cli/leave-at-once.js';
import { type StopSignal, watchSignals } from '../../../src/cli/watch-signals.js';
import { aKeptOutput } from '../../support/a-context.js';
import { createFakeClock } from '../../support/fake-clock.js';

describe('watchSignals', () => {
  function watch() {
    const host = new EventEmitter();
    const clock = createFakeClock(0);
    const heard: string[] = [];
    const signals = watchSignals(host, clock, {
      onFirst: (signal) => heard.push(`first ${signal}`),
      onSecond: (signal) => heard.push(`second ${signal}`),
    });
    const send = (signal: string) => host.emit(signal, signal);
    return { host, clock, heard, signals, send };
  }

  it('aborts at the first signal, with its name as the reason', () => {
    const { heard, signals, send } = watch();
    expect(signals.interrupt.aborted).to.equal(false);
    send('SIGINT');
    expect(signals.interrupt.reason).to.equal('SIGINT');
    expect(heard).to.deep.equal(['first SIGINT']);
  });

  it('takes a closed terminal for a SIGTERM', () => {
    const { signals, send } = watch();
    send('SIGHUP');
    expect(signals.interrupt.reason).to.equal('SIGTERM');
  });

  it('takes a signal right after the first for its echo, and a later one for impatience', () => {
    const { clock, heard, send } = watch();
    send('SIGINT');
    clock.advanceTo(20);
    send('SIGINT');
    expect(heard).to.deep.equal(['first SIGINT']);
    clock.advanceTo(2_000);
    send('SIGTERM');
    expect(heard).to.deep.equal(['first SIGINT', 'second SIGTERM']);
  });

  it('ends a run from within, and is no second signal where one came before', () => {
    const { heard, clock, signals, send } = watch();
    send('SIGINT');
    clock.advanceTo(2_000);
    signals.stopNow();
    expect(heard).to.deep.equal(['first SIGINT']);
    const other = watch();
    other.signals.stopNow();
    expect(other.signals.interrupt.reason).to.equal('SIGTERM');
  });

  it('leaves no listener behind', () => {
    const { host, signals } = watch();
    signals.dispose();
    expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => host.listenerCount(signal))).to.deep.equal([
      0, 0, 0,
    ]);
  });
});

describe('leaveAtOnce', () => {
  function leave(live: LiveFault | undefined, signal: StopSignal) {
    const err = aKeptOutput();
    const codes: number[] = [];
    const exit = (code: number) => codes.push(code);
    leaveAtOnce({ exit: exit as never }, { out: err, err, lost: () => undefined }, live, signal);
    return { text: err.text(), codes };
  }

  it('names the faults that may be live and the command to look, and exits with 75', () => {
    const { text, codes } = leave({ faults: ['delay', 'kill'], environment: 'local' }, 'SIGINT');
    expect(codes).to.deep.equal([75]);
    expect(text).to.include('delay, kill in local').and.include('plimsoll sweep --environment local');
  });

  it('exits as interrupted where no fault can be live', () => {
    expect(leave(undefined, 'SIGINT').codes).to.deep.equal([130]);
    expect(leave(undefined, 'SIGTERM').codes).to.deep.equal([143]);
  });
});
