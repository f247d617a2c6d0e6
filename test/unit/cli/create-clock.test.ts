import { expect } from 'chai';
import { createClock } from '../../../src/cli/create-clock.js';

describe('createClock', () => {
  it('follows the monotonic clock where somebody sets the wall clock', () => {
    let wallMs = 1_000_000;
    let monotonicMs = 50;
    const clock = createClock({ wallMs: () => wallMs, monotonicMs: () => monotonicMs });
    expect(clock.nowMs()).to.equal(1_000_000);
    monotonicMs += 20;
    wallMs -= 3_600_000;
    expect(clock.nowMs()).to.equal(1_000_020);
    expect(clock.wallMs()).to.equal(wallMs);
  });

  it('never wakes a sleeper early', async () => {
    const clock = createClock();
    const startMs = clock.nowMs();
    await clock.sleep(3.7, new AbortController().signal);
    expect(clock.nowMs() - startMs).to.be.at.least(3.7);
  });

  it('rejects with the reason of the signal, before and during a sleep', async () => {
    const clock = createClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort('SIGINT');
    const reasons = await Promise.allSettled([sleeping, clock.sleep(1, controller.signal)]);
    expect(reasons).to.deep.equal([
      { status: 'rejected', reason: 'SIGINT' },
      { status: 'rejected', reason: 'SIGINT' },
    ]);
  });
});
