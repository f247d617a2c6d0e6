import { expect } from 'chai';
import fc from 'fast-check';
import { createRecorder, distributionOf, recordLatency } from '../../../src/bench/histogram.js';
import { BEYOND_ANY_LIMIT_US } from '../../../src/shared/format-reading.js';
import { treatFailures } from '../../../src/sla/treat-failures.js';

const PERCENTS = [1, 25, 50, 90, 95, 99, 99.9];

const samples = fc.array(
  fc.record({ us: fc.double({ min: 0, max: 5e6, noNaN: true }), failed: fc.boolean() }),
  { minLength: 1, maxLength: 200 },
);

function distribution(latencies: readonly number[]) {
  const recorder = createRecorder();
  for (const us of latencies) recordLatency(recorder, us);
  return distributionOf(recorder);
}

function apart(all: readonly { readonly us: number; readonly failed: boolean }[]) {
  const of = (those: typeof all) => distribution(those.map(({ us }) => us));
  const succeeded = of(all.filter(({ failed }) => !failed));
  return { latency: of(all), failed: of(all.filter(({ failed }) => failed)), succeeded };
}

describe('treatFailures', () => {
  it('leaves latencies as they were measured unless something else is asked for', () => {
    const { latency, failed } = apart([{ us: 5, failed: true }]);
    expect(treatFailures(latency, failed)).to.equal(latency);
    expect(treatFailures(latency, undefined, 'slowest')).to.equal(latency);
  });

  it('leaves failed requests out as if they had never been', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const { latency, failed, succeeded } = apart(all);
        const treated = treatFailures(latency, failed, 'left-out');
        expect(treated.count).to.equal(succeeded.count);
        for (const percent of PERCENTS) {
          const [is, should] = [treated.percentileUs(percent), succeeded.percentileUs(percent)];
          if (should === undefined) expect(is).to.equal(undefined);
          else expect(is).to.be.closeTo(should, 1 + should / 500);
        }
        if (succeeded.meanUs === undefined) expect(treated.meanUs).to.equal(undefined);
        else expect(treated.meanUs).to.be.closeTo(succeeded.meanUs, 1 + succeeded.meanUs / 500);
      }),
      { numRuns: 50 },
    );
  });

  it('counts failed requests as longer than any other, however fast they failed', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const { latency, failed, succeeded } = apart(all);
        const treated = treatFailures(latency, failed, 'slowest');
        expect(treated.count).to.equal(all.length);
        for (const percent of PERCENTS) {
          const beyond = Math.ceil((percent * all.length) / 100 - 1e-6) > succeeded.count;
          const value = treated.percentileUs(percent) ?? 0;
          expect(value >= BEYOND_ANY_LIMIT_US, `p${percent}`).to.equal(beyond);
          // It is never read lower than it was measured.
          expect(value).to.be.at.least((latency.percentileUs(percent) ?? 0) / 1.002 - 1);
        }
        if (failed.count > 0) expect(treated.maxUs).to.equal(BEYOND_ANY_LIMIT_US);
      }),
      { numRuns: 50 },
    );
  });
});
