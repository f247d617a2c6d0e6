import { expect } from 'chai';
import { createSlotPool } from '../../../../src/bench/embedded/slot-pool.js';

describe('createSlotPool', () => {
  it('lets the regular ones take turns', () => {
    const pool = createSlotPool(5, 3);
    const taken: number[] = [];
    for (let turn = 0; turn < 7; turn++) {
      const slot = pool.take()!;
      taken.push(slot);
      pool.release(slot);
    }
    expect(taken).to.deep.equal([0, 1, 2, 0, 1, 2, 0]);
  });

  it('takes helpers only while all regular ones are busy', () => {
    const pool = createSlotPool(5, 3);
    const all = Array.from({ length: 6 }, () => pool.take());
    expect(all).to.deep.equal([0, 1, 2, 3, 4, undefined]);
    pool.release(4);
    pool.release(1);
    expect([pool.take(), pool.take(), pool.take()]).to.deep.equal([1, 4, undefined]);
  });

  it('has no more regular ones than there are', () => {
    const pool = createSlotPool(2, 100);
    expect([pool.take(), pool.take(), pool.take()]).to.deep.equal([0, 1, undefined]);
  });
});
