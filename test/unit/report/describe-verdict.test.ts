import { expect } from 'chai';
import { describeChange } from '../../../src/report/describe-change.js';
import { caveatsBesideReasons, describeVerdict } from '../../../src/report/describe-verdict.js';
import { aFault, aResult, DELAYED, someMeasurements } from '../../support/a-result.js';
import { aBreach, anInconclusiveRun, aRunOfSeveralFaults } from '../../support/some-results.js';

describe('describeVerdict', () => {
  it('says what the SLA held under', () => {
    expect(describeVerdict(aResult())).to.include({
      word: 'PASS',
      headline: 'the SLA held under 200 ms of delay',
    });
  });

  it('says what was breached, and under which fault', () => {
    expect(describeVerdict(aBreach()).headline).to.match(
      /^p95 10 s is over the limit .*, under a partition$/,
    );
  });

  it('names the fault once', () => {
    const reason = 'the stop condition was met under 200 ms of delay';
    const result = aResult({ verdict: { outcome: 'breach', reason, caveats: [] } });
    expect(describeVerdict(result).headline).to.equal(reason);
  });

  it('does not say that what was measured after the fault was measured under it', () => {
    const reason = 'the service had not recovered 15 s after the fault was told to end';
    const judgement = { ...aBreach().judgements[0]!, phase: 'recovery', outcome: 'breach', reason } as const;
    const result = aResult({ judgements: [judgement], verdict: { outcome: 'breach', reason, caveats: [] } });
    expect(describeVerdict(result).headline).to.equal(`${reason}; the fault was 200 ms of delay`);
  });

  it('says once what is left behind, and once what stands beside an objective', () => {
    const [judgement] = aBreach().judgements;
    const reason = 'p95 was not measured: it was night';
    const thing = {
      severity: 'warning',
      code: 'left',
      message: 'orders-1 is there',
      remedy: 'end it',
    } as const;
    const caveats = [
      'orders-1 is there; end it.',
      `${reason}, and one other objective is inconclusive.`,
      'x.',
    ];
    const result = aResult({
      leftBehind: [thing],
      judgements: [{ ...judgement!, outcome: 'inconclusive', reason }],
      verdict: { outcome: 'breach', reason: 'errors', caveats },
    });
    const verdict = describeVerdict(result);
    expect(verdict.leftBehind).to.deep.equal(['orders-1 is there; end it']);
    expect(verdict.caveats).to.deep.equal(caveats.slice(1));
    expect(caveatsBesideReasons(verdict, result)).to.deep.equal(['x.']);
  });

  it('says why nothing can be said, and what stands behind it', () => {
    const { headline, details } = describeVerdict(anInconclusiveRun());
    expect(headline).to.equal('the steady state was not met, so nothing was injected');
    expect(details).to.deep.equal(['p95 12.2 ms is over the limit of 10 ms before any fault']);
  });

  it('lists what was not proven to be gone', () => {
    const [injection] = aFault().injections;
    const injections = [injection!, { ...injection!, status: 'unconfirmed' as const, evidence: 'no answer' }];
    expect(describeVerdict(aResult({ faults: [aFault({ injections })] })).mayBeLive).to.deep.equal([
      'delay (NetworkChaos): no answer',
    ]);
    expect(describeVerdict(aResult()).mayBeLive).to.be.empty;
  });
});

describe('describeChange', () => {
  it('relates the change to the delay that was put in', () => {
    expect(describeChange(aResult())).to.equal(
      'p95 steady 12.2 ms -> fault 214 ms (p50 +199 ms for +200 ms injected: amplification 1.0)',
    );
  });

  it('knows no amplification of less than nothing that is nothing', () => {
    const shape = { ...DELAYED, fault: { ...DELAYED.steady, p50Ms: 8 } };
    const result = aResult({ measurements: someMeasurements(shape) });
    expect(describeChange(result)).to.match(/p50 -[\d.]+ .s for \+200 ms injected: amplification 0\.0\)$/);
  });

  it('gives the ratio where no single delay explains it', () => {
    expect(describeChange(aBreach())).to.equal('p95 steady 12.2 ms -> fault 10 s (820x)');
    expect(describeChange(aRunOfSeveralFaults())).to.equal('p95 steady 12.2 ms -> fault 214 ms (17.5x)');
  });

  it('says nothing where one side was not measured', () => {
    expect(describeChange(anInconclusiveRun())).to.equal(undefined);
  });
});
