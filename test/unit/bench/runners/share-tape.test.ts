import { expect } from 'chai';
import { shareTape } from '../../../../src/bench/runners/share-tape.js';
import { createCollectingTape } from '../../../support/collecting-tape.js';

describe('shareTape', () => {
  it('is complete up to where the slowest is', () => {
    const tape = createCollectingTape();
    const [one, two] = shareTape(tape, ['one', 'two']).map(({ share }) => share);
    one?.writtenUntil(100);
    expect(tape.writtenUntilMs()).to.equal(-Infinity);
    two?.writtenUntil(40);
    expect(tape.writtenUntilMs()).to.equal(40);
    two?.writtenUntil(300);
    expect(tape.writtenUntilMs()).to.equal(100);
  });

  it('waits for nobody who has left, and takes nothing back', () => {
    const tape = createCollectingTape();
    const [one, two] = shareTape(tape, ['one', 'two']).map(({ share }) => share);
    one?.writtenUntil(100);
    two?.leave();
    expect(tape.writtenUntilMs()).to.equal(100);
    two?.writtenUntil(10);
    one?.leave();
    expect(tape.writtenUntilMs()).to.equal(100);
    expect(tape.lateOnes).to.deep.equal([]);
  });

  it('gives the same name of all of them the same endpoint', () => {
    const [one, two] = shareTape(createCollectingTape(), [1, 2]).map(({ share }) => share);
    expect(one?.endpoint('GET /')).to.equal(two?.endpoint('GET /'));
  });
});
