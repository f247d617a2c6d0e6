import { expect } from 'chai';
import { planReads } from '../../../src/experiments/plan-reads.js';
import { addThresholds, thresholdFindings } from '../../../src/experiments/plan-thresholds.js';
import { anSla } from '../../support/an-sla.js';

const readable = { metric: 'orders{kind:a}', expression: 'count>10', abortOnFail: false };
const unreadable = { metric: 'orders', expression: 'count!=3', abortOnFail: false };

describe('the thresholds of a script', () => {
  it('are objectives of the fault phase, behind its own', () => {
    const sla = addThresholds(anSla({ steady: ['p95 < 1s'], fault: ['errors < 1%'] }), [
      readable,
      unreadable,
    ]);
    expect(sla.fault.map(({ text, origin }) => [text, origin])).to.deep.equal([
      ['errors < 1%', undefined],
      ['orders{kind:a}: count>10', 'threshold'],
    ]);
    expect(sla.steady).to.have.length(1);
  });

  it('warn of what is not judged, and of what is not done', () => {
    expect(thresholdFindings([readable])).to.deep.equal([]);
    const [notJudged, notDone] = thresholdFindings([unreadable, { ...readable, abortOnFail: true }]);
    expect(notJudged).to.include({ severity: 'warning', code: 'threshold-unreadable' });
    expect(notJudged!.message).to.include('"orders: count!=3"');
    expect(notDone).to.include({ severity: 'warning', code: 'threshold-abort-ignored' });
  });
});

describe('what a load is asked for', () => {
  it('is what objectives name, each once', () => {
    const sla = anSla({
      steady: ['check("a") > 9%', 'p95{name="x"} < 1s'],
      fault: ['check("a") > 8%', 'p95{kind="a", name="y"} < 1s', 'errors{kind="b"} < 1%'],
      recovery: ['metric("q", "p95"){kind="c"} < 3', 'metric("q", "p99"){kind="c"} < 4'],
    });
    expect(planReads(sla)).to.deep.equal({
      endpoints: ['x', 'y'],
      tags: { kind: ['a', 'b'] },
      metrics: [
        { name: 'checks', tags: { check: 'a' } },
        { name: 'q', tags: { kind: 'c' } },
      ],
    });
    expect(planReads(anSla({ fault: ['p95 < 1s'] }))).to.equal(undefined);
  });
});
