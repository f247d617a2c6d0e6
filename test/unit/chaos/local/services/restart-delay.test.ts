import { expect } from 'chai';
import { restartDelayMs } from '../../../../../src/chaos/local/services/restart-delay.js';

describe('restartDelayMs', () => {
  it('doubles with each exit in a row, up to half a minute', () => {
    expect([1, 2, 3, 4].map((exits) => restartDelayMs(1000, exits))).to.deep.equal([1000, 2000, 4000, 8000]);
    expect(restartDelayMs(1000, 1000)).to.equal(30_000);
  });

  it('is never shorter than the back-off that was asked for', () => {
    expect(restartDelayMs(60_000, 1)).to.equal(60_000);
    expect(restartDelayMs(60_000, 5)).to.equal(60_000);
  });
});
