import { expect } from 'chai';
import type { Result } from '../../../src/experiments/result-schema.js';
import { renderSummary } from '../../../src/report/render-summary.js';
import { aFault, aJudgement, aResult } from '../../support/a-result.js';
import { aHostileResult } from '../../support/hostile.js';
import { aBreach, anInconclusiveRun, aRunOfSeveralFaults } from '../../support/some-results.js';

const ESCAPE = '\u001b';
const all = [aResult(), aBreach(), anInconclusiveRun(), aRunOfSeveralFaults()];

describe('renderSummary', () => {
  it('begins with the verdict and ends with the report', () => {
    const lines = summary(aResult(), { reportPath: 'reports/a/b/report.html' }).trimEnd().split('\n');
    expect(lines[0]).to.equal('PASS  the SLA held under 200 ms of delay');
    expect(lines.at(-1)).to.equal('report  reports/a/b/report.html');
  });

  it('has no escape code without colour, whatever the texts hold', () => {
    for (const result of [...all, aHostileResult()]) expect(summary(result)).not.to.include(ESCAPE);
  });

  it('says the same with colour as without', () => {
    for (const result of all) {
      const coloured = summary(result, { colour: true });
      expect(coloured).to.include(ESCAPE);
      // eslint-disable-next-line no-control-regex -- colours are escape codes
      expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, '')).to.equal(summary(result));
    }
  });

  it('folds sentences to the width of the terminal', () => {
    const verdict = { outcome: 'pass' as const, reason: '', caveats: ['one two three '.repeat(30)] };
    for (const width of [40, 60, 80, 120]) {
      const lines = summary(aResult({ judgements: [], verdict }), { width }).split('\n');
      for (const line of lines) expect(line.length, line).to.be.at.most(width);
    }
  });

  it('leaves out the basis of readings where there is no room for it', () => {
    expect(summary(aResult(), { width: 100 })).to.include('(3,000 samples)');
    expect(summary(aResult(), { width: 50 })).not.to.include('samples');
  });

  it('alarms before the verdict where a fault may still be live, with the command', () => {
    const injections = aFault().injections.map((injection) => ({
      ...injection,
      status: 'unconfirmed' as const,
      evidence: 'orders-2 did not answer',
    }));
    const text = summary(aResult({ faults: [aFault({ injections })] }));
    expect(text).to.match(/^LIVE FAULT\? {2}delay \(NetworkChaos\): orders-2 did not answer/);
    expect(text).to.include('plimsoll sweep --environment local');
    expect(text.indexOf('LIVE FAULT?')).to.be.lessThan(text.indexOf('PASS'));
  });

  it('does not say the reason of the whole run again with each objective', () => {
    const reason = 'the command exited with code 127';
    const verdict = { outcome: 'inconclusive' as const, reason, caveats: [] };
    const missing = aJudgement({
      outcome: 'inconclusive',
      reading: { status: 'missing', reason },
      reason: `p95 was not measured: ${reason}`,
    });
    const text = summary(aResult({ judgements: [missing], verdict }));
    expect(text.split(reason)).to.have.length(2);
    expect(text).to.include('p95 was not measured: see above');
  });

  it('says what else was left behind', () => {
    const leftBehind = [
      { severity: 'stop' as const, code: 'x', message: 'orders-2 still runs', remedy: 'end pid 7' },
    ];
    expect(summary(aResult({ leftBehind }))).to.match(
      /^LEFT BEHIND {2}orders-2 still runs; end pid 7\n {2}look,/,
    );
  });

  it('keeps one line a line, whatever the texts hold', () => {
    expect(summary(aHostileResult())).not.to.match(/^next/m);
  });

  it('shows the interval of a reading', () => {
    const interval = { low: 212_000, high: 217_000, confidence: 0.95 };
    expect(summary(aResult({ judgements: [aJudgement({ interval })] }))).to.include('214 ms (212 to 217)');
  });

  it('shows a recovery that was not seen as a lower bound', () => {
    const judgement = aJudgement({
      phase: 'recovery',
      objective: 'recovery <= 15s',
      outcome: 'breach',
      reading: { status: 'at-least', value: 15_000, unit: 'ms', samples: 1_500 },
      limit: 15_000,
    });
    expect(summary(aResult({ judgements: [judgement] }))).to.match(/recovery <= 15s {2}> 15 s {2}over/);
    const still = { ...judgement.reading, still: 'errors were still 9 %' } as const;
    const text = summary(aResult({ judgements: [{ ...judgement, reading: still }] }));
    expect(text).to.match(/> 15 s {2}over.*\n {6}errors were still 9 %\n/);
  });

  it('does not say again below the headline what the headline says', () => {
    const [first, second] = ['p95 was not measured: it was night', 'errors were not measured: it was night'];
    const judgements = [first, second].map((reason) =>
      aJudgement({ outcome: 'inconclusive', reading: { status: 'missing', reason }, reason }),
    );
    const reason = `${first}, and one other objective is inconclusive`;
    const verdict = { outcome: 'inconclusive', reason, caveats: [] } as const;
    const text = summary(aResult({ judgements, verdict: { ...verdict, caveats: [] } }), { width: 200 });
    expect(text.split(first)).to.have.length(2);
    expect(text).to.include(`      ${second}`);
  });

  it('says what a relative limit came to', () => {
    const judgement = aJudgement({ objective: 'p95 <= 3x steady', limit: 36_600, outcome: 'breach' });
    expect(summary(aResult({ judgements: [judgement] }))).to.include('p95 <= 3x steady (at most 36.6 ms)');
  });

  it('gives the reason of what is inconclusive', () => {
    expect(summary(anInconclusiveRun())).to.include(
      'errors were not measured: the fault phase was never reached',
    );
  });
});

function summary(result: Result, options: Partial<Parameters<typeof renderSummary>[1]> = {}): string {
  return renderSummary(result, { colour: false, width: 100, ...options });
}
