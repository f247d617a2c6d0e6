import { expect } from 'chai';
import { createShaper, type Sender, type Shaper } from '../../../../../src/chaos/local/proxy/shaper.js';
import { createFakeTimers, type FakeTimers } from '../../../../support/fake-timers.js';

interface FakeSender extends Sender {
  sent: number;
  waited: number;
  doneAtMs: number;
}

function aSender(shaper: Shaper, bytes: number, timers: FakeTimers): FakeSender {
  const sender: FakeSender = {
    ...{ sent: 0, waited: 0, doneAtMs: -1 },
    turn() {
      while (sender.sent < bytes) {
        const granted = shaper.grant(sender, bytes - sender.sent);
        if (granted === 0) return;
        sender.sent += granted;
        if (shaper.spend(granted)) sender.waited += granted;
      }
      sender.doneAtMs = timers.nowMs();
    },
  };
  sender.turn();
  return sender;
}

describe('createShaper', () => {
  const fault = { type: 'bandwidth', bytesPerSecond: 100_000, burstBytes: 10_000 } as const;

  it('lets a burst go at once and the rest at the rate', () => {
    const timers = createFakeTimers();
    const sender = aSender(createShaper(fault, timers), 60_000, timers);
    expect(sender.sent).to.be.within(8500, 10_000); // whole packets
    timers.advanceTo(10_000);
    expect(sender.doneAtMs).to.be.closeTo(500, 20);
    expect(sender.waited).to.be.within(50_000, 51_500);
  });

  it('shares the rate among those who wait, the long and the short', () => {
    const timers = createFakeTimers();
    const shaper = createShaper(fault, timers);
    const long = aSender(shaper, 200_000, timers);
    const short = aSender(shaper, 10_000, timers);
    timers.advanceTo(250);
    expect(short.doneAtMs).to.be.within(150, 250);
    timers.advanceTo(10_000);
    expect(long.doneAtMs).to.be.closeTo(2000, 30);
  });

  it('does not wait for one who has left the line', () => {
    const timers = createFakeTimers();
    const shaper = createShaper(fault, timers);
    const leaving = aSender(shaper, 50_000, timers);
    const staying = aSender(shaper, 20_000, timers);
    shaper.leave(leaving);
    timers.advanceTo(10_000);
    expect(leaving.sent).to.be.at.most(10_000);
    expect(staying.doneAtMs).to.be.closeTo(200, 30);
  });

  it('wakes nobody once it is closed', () => {
    const timers = createFakeTimers();
    const shaper = createShaper(fault, timers);
    const sender = aSender(shaper, 50_000, timers);
    shaper.close();
    timers.advanceTo(10_000);
    expect(sender.sent).to.be.at.most(10_000);
  });
});
