import { expect } from 'chai';
import { createTape } from '../../../src/bench/create-tape.js';
import { createWindowLog } from '../../../src/experiments/window-log.js';
import { createFakeClock } from '../../support/fake-clock.js';

const T0 = 1_000_000;

describe('a window log', () => {
  it('says which share of a window some process waited for a processor', () => {
    const clock = createFakeClock(T0);
    let waitedMs = 5000;
    const windows = createWindowLog(createTape({ clock }), () => waitedMs);
    windows.begin('steady');
    clock.advanceTo(T0 + 1000);
    waitedMs += 250;
    windows.begin('fault');
    clock.advanceTo(T0 + 3000);
    waitedMs += 2400; // the kernel counts a moment longer than the window is
    windows.end();
    expect(windows.windows()).to.deep.equal([
      { phase: 'steady', startMs: T0, endMs: T0 + 1000, cpuWait: 0.25 },
      { phase: 'fault', startMs: T0 + 1000, endMs: T0 + 3000, cpuWait: 1 },
    ]);
  });

  it('says nothing of it where nobody knows', () => {
    const clock = createFakeClock(T0);
    const windows = createWindowLog(createTape({ clock }));
    windows.begin('steady');
    clock.advanceTo(T0 + 1000);
    windows.end();
    expect(windows.windows()).to.deep.equal([{ phase: 'steady', startMs: T0, endMs: T0 + 1000 }]);
  });
});
