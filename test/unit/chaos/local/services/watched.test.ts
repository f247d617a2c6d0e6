import { expect } from 'chai';
import { createWatched } from '../../../../../src/chaos/local/services/watched.js';

const never = new AbortController().signal;

describe('a watched value', () => {
  it('lets wait for a value, which may be there already', async () => {
    const watched = createWatched<number>(1);
    expect(await watched.until((value) => value === 1, never)).to.equal(1);
    const later = watched.until((value) => value > 2, never);
    watched.set(2);
    watched.set(3);
    watched.set(0);
    expect(await later).to.equal(3);
    expect(watched.current).to.equal(0);
  });

  it('stops waiting with the reason of the signal', async () => {
    const watched = createWatched<number>(1);
    const interrupt = new AbortController();
    const waits: Promise<number>[] = [watched.until((value) => value === 2, interrupt.signal)];
    interrupt.abort(new Error('enough'));
    waits.push(watched.until((value) => value === 1, interrupt.signal));
    for (const outcome of await Promise.allSettled(waits)) {
      expect(outcome).to.have.nested.property('reason.message', 'enough');
    }
  });
});
