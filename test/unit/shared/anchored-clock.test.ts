import { expect } from 'chai';
import { anchorClock, clockOf } from '../../../src/shared/anchored-clock.js';

describe('clockOf', () => {
  it('tells the time of the clock it was anchored to, wherever that one starts', () => {
    const startedNs = process.hrtime.bigint();
    const clock = {
      nowMs: () => 5_000_000 + Number(process.hrtime.bigint() - startedNs) / 1e6,
      wallMs: () => 0,
      sleep: () => Promise.reject(new Error('nobody sleeps here')),
    };
    const now = clockOf(anchorClock(clock));
    const before = clock.nowMs();
    const between = now();
    const after = clock.nowMs();
    // Between the two, give or take the few microseconds that reading takes.
    expect(between).to.be.within(before - 1, after + 1);
  });
});
