import { expect } from 'chai';
import fc from 'fast-check';
import { createRecorder, distributionOf, recordLatency } from '../../../src/bench/histogram.js';
import type { Slice } from '../../../src/bench/measurement.js';
import { describeDrift } from '../../../src/sla/describe-drift.js';
import { findTrend } from '../../../src/sla/statistics/trend.js';

/** Seconds of a phase in which every request takes so many ms. */
function secondsOf(
  latenciesMs: readonly number[],
  phase: Slice['phase'] = 'steady',
  requests = 100,
): Slice[] {
  return latenciesMs.map((ms, second) => {
    const recorder = createRecorder();
    for (let request = 0; request < requests; request++) recordLatency(recorder, ms * 1000);
    const [startMs, endMs] = [second * 1000, (second + 1) * 1000];
    return { phase, startMs, endMs, requests, failures: 0, dropped: 0, latency: distributionOf(recorder) };
  });
}

const RISING = Array.from({ length: 15 }, (_, second) => 40 + 2 * second + (second % 2));

describe('describeDrift', () => {
  it('tells a p95 that rises or falls through the steady phase', () => {
    expect(describeDrift(secondsOf(RISING))).to.match(
      /^the steady phase was still drifting: p95 rose from 40.* ms to 6\d.* ms over its 15 s; give it a longer warmup$/,
    );
    expect(describeDrift(secondsOf(RISING.toReversed()))).to.contain('p95 fell from');
  });

  it('takes together the seconds of a light load', () => {
    const long = Array.from({ length: 60 }, (_, second) => 40 + second);
    expect(describeDrift(secondsOf(long, 'steady', 5)))
      .to.contain('p95 rose from')
      .and.to.contain('over its 1m');
    expect(describeDrift(secondsOf(long.slice(0, 30), 'steady', 5)), 'too few').to.equal(undefined);
  });

  it('says nothing of a change that is small, of one slow second, or of other phases', () => {
    expect(describeDrift(secondsOf(RISING.map((ms) => 1000 + ms)))).to.equal(undefined);
    expect(
      describeDrift(secondsOf(RISING.map((_, second) => (second === 7 ? 400 : 40 + (second % 3))))),
    ).to.equal(undefined);
    expect(describeDrift(secondsOf(RISING, 'fault'))).to.equal(undefined);
    expect(describeDrift([])).to.equal(undefined);
  });
});

describe('findTrend', () => {
  it('fits the line of the median slope', () => {
    const trend = findTrend([...Array(12).keys()].map((index) => (index === 5 ? 900 : 10 + 3 * index)))!;
    expect(trend.isSignificant).to.equal(true);
    expect([trend.from, trend.to]).to.deep.equal([10, 43]);
  });

  it('finds none in values that are all equal, and none in fewer than ten', () => {
    expect(findTrend(Array(12).fill(7) as number[])).to.deep.equal({ from: 7, to: 7, isSignificant: false });
    expect(findTrend([1, 2, 3, 4, 5, 6, 7, 8, 9])).to.equal(undefined);
  });

  it('finds the same whatever the unit, and the reverse in values that go backwards', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 10, maxLength: 40 }), (values) => {
        const [trend, scaled, back] = [values, values.map((value) => value * 1024), values.toReversed()].map(
          findTrend,
        );
        expect(scaled!.isSignificant).to.equal(trend!.isSignificant);
        expect(scaled!.to).to.be.closeTo(trend!.to * 1024, 1e-3);
        expect(back!.isSignificant).to.equal(trend!.isSignificant);
        expect(back!.from).to.be.closeTo(trend!.to, 1e-6);
      }),
    );
  });
});
