import { expect } from 'chai';
import type { Result } from '../../../src/experiments/result-schema.js';
import type { Outcome } from '../../../src/shared/outcome.js';
import { viewIndexRows } from '../../../src/report/view-index.js';
import { aJudgement, aResult } from '../../support/a-result.js';
import { aBreach, anInconclusiveRun } from '../../support/some-results.js';

describe('viewIndexRows', () => {
  it('puts the worst first, then the tightest margin, then the name', () => {
    const rows = viewIndexRows(
      [
        aRun('roomy', 'pass', 100_000),
        aRun('tight', 'pass', 340_000),
        aRun('b-same', 'pass', 200_000),
        aRun('a-same', 'pass', 200_000),
        aRun('over', 'breach', 400_000),
        aRun('far-over', 'breach', 900_000),
        aRun('unclear', 'inconclusive', 100_000),
      ].map((result) => ({ result, href: '' })),
    ).rows;
    expect(rows.map((row) => row.name)).to.deep.equal([
      'far-over',
      'over',
      'unclear',
      'tight',
      'a-same',
      'b-same',
      'roomy',
    ]);
  });

  it('counts the outcomes, and has the worst as its own', () => {
    const view = viewIndexRows(
      [aResult(), anInconclusiveRun(), aBreach()].map((result) => ({ result, href: '' })),
    );
    expect(view.counts).to.deep.equal({ pass: 1, inconclusive: 1, breach: 1 });
    expect(view.outcome).to.equal('breach');
  });

  it('is inconclusive without a single run', () => {
    expect(viewIndexRows([]).outcome).to.equal('inconclusive');
  });

  it('compares the fault phase with the steady one', () => {
    const [row] = viewIndexRows([{ result: aResult(), href: 'a.html' }]).rows;
    expect(row).to.include({ href: 'a.html', recovery: '412 ms', fault: '200 ms of delay' });
    expect(row!.p95).to.include({ before: '12.2 ms', after: '214 ms', ratio: '17.5x' });
  });

  it('sorts what was not measured as the worst', () => {
    const [row] = viewIndexRows([{ result: anInconclusiveRun(), href: '' }]).rows;
    expect(row!.p95).to.include({ after: '–', ratio: '–', afterSort: Number.MAX_VALUE });
    expect(row!.recoverySort).to.equal(Number.MAX_VALUE);
  });
});

function aRun(name: string, outcome: Outcome, readUs: number): Result {
  const result = aResult({
    judgements: [
      aJudgement({ outcome, reading: { status: 'measured', value: readUs, unit: 'us', samples: 3_000 } }),
    ],
    verdict: { outcome, reason: '', caveats: [] },
  });
  return { ...result, experiment: { ...result.experiment, name } };
}
