import { expect } from 'chai';
import { renderReport } from '../../../src/report/render-report.js';
import { aFault, aJudgement, aResult } from '../../support/a-result.js';

describe('renderReport', () => {
  it('gives the same page for the same result', () => {
    expect(renderReport(aResult())).to.equal(renderReport(aResult()));
  });

  it('says the verdict, why, and what lowers it', () => {
    const page = renderReport(
      aResult({
        verdict: {
          outcome: 'inconclusive',
          reason: 'the delay reached 1 of 2 serving targets',
          caveats: ['21 requests outlived the fault window'],
        },
      }),
    );
    expect(page).to.include('INCONCLUSIVE').and.include('the delay reached 1 of 2 serving targets');
    expect(page).to.include('21 requests outlived the fault window');
    expect(page).not.to.include('PASS</span> <span class="headline">');
  });

  it('shows a reading that is hardly over its limit as different from it', () => {
    const page = renderReport(
      aResult({
        judgements: [
          aJudgement({
            outcome: 'breach',
            reading: { status: 'measured', value: 350_200, unit: 'us', samples: 3_000 },
            reason: 'over',
          }),
        ],
      }),
    );
    expect(page).to.include('<strong>350.2 ms</strong>');
    expect(page).to.include('&lt; 1 % over');
  });

  it('alarms above everything else where a fault may still be live', () => {
    const [injection] = aFault().injections;
    const page = renderReport(
      aResult({
        faults: [
          aFault({
            injections: [
              {
                ...injection!,
                recoveredAtMs: null,
                status: 'unconfirmed',
                evidence: 'orders-2 did not answer',
              },
            ],
          }),
        ],
      }),
    );
    expect(page).to.include('A fault may still be live').and.include('plimsoll sweep --environment local');
    expect(page.indexOf('role="alert"')).to.be.lessThan(page.indexOf('<h1'));
  });

  it('draws a run in which nothing was measured, and says so', () => {
    const page = renderReport(
      aResult({
        series: [],
        windows: [],
        measurements: [],
        judgements: [],
        faults: [],
        events: [],
        recoveryMs: null,
      }),
    );
    expect(page).to.include('No load was measured').and.include('No objective was judged');
    const shown = page.replace(/<script[\s\S]*?<\/script>/g, '');
    expect(shown).not.to.include('NaN').and.not.to.include('undefined');
  });

  it('keeps hostile strings as text', () => {
    const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"\'{{x}}';
    const result = aResult();
    const page = renderReport({
      ...result,
      experiment: {
        ...result.experiment,
        name: hostile,
        hypothesis: hostile,
        source: hostile,
        file: hostile,
      },
      verdict: { outcome: 'breach', reason: hostile, caveats: [hostile] },
      events: [{ atMs: result.run.startedAtMs + 5_000, kind: hostile, message: hostile, target: hostile }],
      faults: [aFault({ name: hostile, action: hostile, manifest: { kind: hostile } })],
      judgements: [aJudgement({ objective: hostile, reason: hostile, outcome: 'breach' })],
    });
    expect(page).not.to.include('<script>alert').and.not.to.include('<img');
    expect(page.match(/<script/g)).to.have.length(2);
  });
});
