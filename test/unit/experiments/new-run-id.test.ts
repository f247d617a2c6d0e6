import { expect } from 'chai';
import fc from 'fast-check';
import { newRunId, RUN_ID_PATTERN } from '../../../src/experiments/new-run-id.js';
import { seededRandom } from '../../../src/shared/seeded-random.js';

describe('a new run id', () => {
  it('is the time in UTC and four letters of chance', () => {
    const atMs = Date.UTC(2026, 10, 23, 8, 15, 2, 999);
    expect(newRunId(atMs, () => 0)).to.equal('20261123-081502-0000');
    expect(newRunId(atMs, () => 1 - Number.EPSILON)).to.equal('20261123-081502-zzzz');
    expect(newRunId(atMs + 0.5, seededRandom('a'))).to.not.equal(newRunId(atMs, seededRandom('b')));
  });

  it('has lower-case letters, digits and hyphens only, and sorts by time', () => {
    const time = fc.integer({ min: 0, max: Date.UTC(2199, 0) });
    fc.assert(
      fc.property(time, time, fc.string(), (first, second, seed) => {
        const ids = [first, second].map((atMs) => newRunId(atMs, seededRandom(seed)));
        for (const id of ids) expect(id).to.match(RUN_ID_PATTERN);
        if (first + 1000 <= second) expect(ids).to.deep.equal([...ids].sort());
      }),
    );
  });
});
