import { expect } from 'chai';
import fc from 'fast-check';
import { createClockOffset } from '../../../../src/bench/runners/clock-offset.js';

/** An exchange with a clock that is ahead, with its time on the way there and back. */
const exchange = (aheadMs: number, thereMs: number, backMs: number, sentMs = 1000, stepMs = 0.001) => ({
  sentMs,
  gotMs: sentMs + thereMs + backMs,
  remoteMs: Math.floor((sentMs + thereMs + aheadMs) / stepMs) * stepMs,
  stepMs,
});

describe('createClockOffset', () => {
  it('knows nothing before the first exchange', () => {
    expect(createClockOffset().current()).to.equal(undefined);
    expect(createClockOffset().history()).to.equal(undefined);
  });

  it('takes the quickest exchange, which knows it best', () => {
    const offset = createClockOffset();
    offset.add(exchange(300, 100, 2));
    offset.add(exchange(300, 1, 1));
    offset.add(exchange(300, 3, 80));
    expect(offset.current()?.offsetMs).to.be.closeTo(300, 0.01);
    expect(offset.current()?.uncertaintyMs).to.be.closeTo(1, 0.01);
  });

  it('is never wrong by more than it says, however lopsided the way', () => {
    const way = fc.double({ min: 0, max: 500, noNaN: true });
    const ways = fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 30 });
    const ahead = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(ahead, ways, fc.constantFrom(0.001, 1, 1000), (aheadMs, all, stepMs) => {
        const offset = createClockOffset();
        for (const [thereMs, backMs] of all)
          offset.add(exchange(aheadMs, thereMs, backMs, 5_000_000, stepMs));
        const { offsetMs, uncertaintyMs } = offset.current()!;
        expect(Math.abs(offsetMs - aheadMs)).to.be.at.most(uncertaintyMs + 1e-3);
      }),
    );
  });

  it('forgets what is older than a minute, so that it follows a clock that drifts', () => {
    const offset = createClockOffset();
    offset.add(exchange(0, 0.1, 0.1));
    offset.begin();
    for (let at = 0; at < 240; at++) offset.add(exchange(40, 1, 1));
    expect(offset.current()?.offsetMs).to.be.closeTo(40, 0.01);
    expect(offset.history()?.driftMs).to.be.closeTo(40, 0.01);
    expect(offset.history()?.uncertaintyMs).to.be.closeTo(1, 0.01);
  });

  it('follows a clock that was set at once, however well it was known before', () => {
    const offset = createClockOffset();
    offset.add(exchange(0, 0.1, 0.1));
    offset.begin();
    offset.add(exchange(500, 3, 3));
    expect(offset.current()?.offsetMs).to.be.closeTo(500, 3.1);
    expect(offset.history()?.driftMs).to.be.closeTo(500, 3.1);
  });

  it('leaves out of its history what was measured before anything was moved by it', () => {
    const offset = createClockOffset();
    offset.add(exchange(500, 400, 1));
    offset.add(exchange(20, 1, 1));
    offset.begin();
    expect(offset.history()?.driftMs).to.equal(0);
  });
});
