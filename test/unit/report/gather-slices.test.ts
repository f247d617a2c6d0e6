import { expect } from 'chai';
import { gatherSlices, type SliceRecord } from '../../../src/report/gather-slices.js';

describe('gatherSlices', () => {
  it('draws a second that two phases share as the one with more requests, with the requests of both', () => {
    const points = gatherSlices([
      aSlice({ startMs: 0, endMs: 1000, phase: 'transition', requests: 2, failures: 1, p95Ms: 900 }),
      aSlice({ startMs: 0, endMs: 1000, phase: 'steady', requests: 98, p95Ms: 12 }),
    ]);
    expect(points).to.have.length(1);
    expect(points[0]).to.include({ phase: 'steady', requests: 100, failures: 1, p95Ms: 12 });
  });

  it('draws the slivers beside a border with their neighbours, so that no rate is out of all proportion', () => {
    const points = gatherSlices([
      aSlice({ startMs: 0, endMs: 1000, requests: 100 }),
      aSlice({ startMs: 1000, endMs: 1017, requests: 43, phase: 'fault' }),
      aSlice({ startMs: 1017, endMs: 2017, requests: 101, phase: 'recovery' }),
    ]);
    expect(points.map(({ startMs, endMs, requests }) => [startMs, endMs, requests])).to.deep.equal([
      [0, 1017, 143],
      [1017, 2017, 101],
    ]);
  });

  it('does not break a line at a sliver without a sample', () => {
    const points = gatherSlices([
      aSlice({ startMs: 0, endMs: 2, requests: 0, p95Ms: null }),
      aSlice({ startMs: 2, endMs: 1002 }),
      aSlice({ startMs: 1002, endMs: 1004, requests: 0, p95Ms: null }),
    ]);
    expect(points).to.have.length(1);
    expect(points[0]).to.include({ startMs: 0, endMs: 1004, p95Ms: 12 });
  });

  it('keeps a whole second without a sample, and a gap', () => {
    const slices = [
      aSlice({ startMs: 0, endMs: 1000 }),
      aSlice({ startMs: 1000, endMs: 2000, requests: 0, p95Ms: null }),
      aSlice({ startMs: 5000, endMs: 5100 }),
    ];
    expect(gatherSlices(slices)).to.deep.equal(slices);
  });
});

function aSlice(overrides: Partial<SliceRecord>): SliceRecord {
  return {
    startMs: 0,
    endMs: 1000,
    phase: 'steady',
    requests: 100,
    failures: 0,
    dropped: 0,
    p50Ms: 10,
    p95Ms: 12,
    p99Ms: 20,
    histogram: '',
    ...overrides,
  };
}
