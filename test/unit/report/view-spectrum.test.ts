import { expect } from 'chai';
import { viewSpectrum, type SpectrumCurve } from '../../../src/report/view-spectrum.js';
import { aMeasurement, aResult } from '../../support/a-result.js';
import { aHistogram } from '../../support/a-histogram.js';
import { aBreach, anInconclusiveRun } from '../../support/some-results.js';

describe('viewSpectrum', () => {
  it('has a curve for each phase that was measured', () => {
    const phases = (curves: readonly SpectrumCurve[] = []): string[] => curves.map((curve) => curve.phase);
    expect(phases(viewSpectrum(aResult())?.curves)).to.deep.equal(['steady', 'fault', 'recovery']);
    expect(phases(viewSpectrum(anInconclusiveRun())?.curves)).to.deep.equal(['steady']);
    expect(viewSpectrum(aResult({ measurements: [] }))).to.equal(undefined);
  });

  it('never falls from one percentile to the next', () => {
    for (const { points } of viewSpectrum(aBreach())!.curves)
      points.slice(1).forEach((point, index) => {
        expect(point.nines).to.be.at.least(points[index]!.nines);
        expect(point.ms).to.be.at.least(points[index]!.ms);
      });
  });

  it('reads the same percentiles as the measurement', () => {
    const row = viewSpectrum(aResult())!.rows.find((each) => each.percentile === 'p95');
    expect(row).to.include({ steady: '12.2 ms', fault: '214 ms', recovery: '12.2 ms' });
  });

  it('ends a curve where its samples cannot say more', () => {
    const histogram = aHistogram(
      [
        [0, 1],
        [100, 10],
      ],
      100,
    );
    const view = viewSpectrum(aResult({ measurements: [aMeasurement({ requests: 100, histogram })] }))!;
    expect(view.curves[0]!.points.at(-1)!.nines).to.be.closeTo(2, 1e-9);
    expect(view.rows.find((row) => row.percentile === 'p99.9')!.steady).to.equal('–');
  });

  it('marks the limits of the fault phase at their percentile', () => {
    const limit = viewSpectrum(aResult())!.limits.find(({ text }) => text === 'p99 <= 800ms');
    expect(limit!.limitMs).to.equal(800);
    expect(limit!.nines).to.be.closeTo(2, 1e-9);
  });
});
