import { expect } from 'chai';
import { parsePsTime } from '../../../../src/chaos/local/process-table.js';

describe('parsePsTime', () => {
  it('reads processor time as ps prints it on Linux and macOS', () => {
    expect(parsePsTime('00:00:07')).to.equal(7000);
    expect(parsePsTime('0:00.05')).to.equal(50);
    expect(parsePsTime('12:34.56')).to.equal(754_560);
    expect(parsePsTime('1-02:03:04')).to.equal(93_784_000);
  });
});
