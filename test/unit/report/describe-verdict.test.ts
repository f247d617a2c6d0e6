import { expect } from 'chai';
import { describeChange } from '../../../src/report/describe-change.js';
import { describeVerdict } from '../../../src/report/describe-verdict.js';
import { aFault, aResult } from '../../support/a-result.js';
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

  it('gives the ratio where no single delay explains it', () => {
    expect(describeChange(aBreach())).to.equal('p95 steady 12.2 ms -> fault 10 s (820x)');
    expect(describeChange(aRunOfSeveralFaults())).to.equal('p95 steady 12.2 ms -> fault 214 ms (17.5x)');
  });

  it('says nothing where one side was not measured', () => {
    expect(describeChange(anInconclusiveRun())).to.equal(undefined);
  });
});
