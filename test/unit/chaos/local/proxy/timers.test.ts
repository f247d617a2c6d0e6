import { expect } from 'chai';
import { createTimers } from '../../../../../src/chaos/local/proxy/timers.js';

const nowMs = (): number => performance.now();

describe('createTimers', () => {
  it('wakes in the order of the due times, none before its own', async () => {
    const timers = createTimers(nowMs);
    const startMs = nowMs();
    const woken: number[] = [];
    const delays = [30, 5, 17.5, 5, 1, 24, 11.25, 8, 2];
    await new Promise<void>((resolve) => {
      for (const delay of delays) {
        timers.at(startMs + delay, () => {
          expect(nowMs()).to.be.at.least(startMs + delay);
          woken.push(delay);
          if (woken.length === delays.length) resolve();
        });
      }
    });
    expect(woken).to.deep.equal([...delays].sort((a, b) => a - b));
  });

  it('does not wake who has called it off', async () => {
    const timers = createTimers(nowMs);
    const woken: string[] = [];
    timers.at(nowMs() + 5, () => woken.push('called off'))();
    await new Promise<void>((resolve) => {
      timers.at(nowMs() + 10, resolve);
    });
    expect(woken).to.deep.equal([]);
  });

  it('lets a wake-up ask for another', async () => {
    const timers = createTimers(nowMs);
    const startMs = nowMs();
    await new Promise<void>((resolve) => {
      timers.at(startMs + 10, () => timers.at(startMs + 12, resolve));
    });
    expect(nowMs()).to.be.at.least(startMs + 12);
  });
});
