import { expect } from 'chai';
import fc from 'fast-check';
import type { Outcome } from '../../../src/shared/outcome.js';
import { OUTCOMES } from '../../../src/shared/outcome.js';
import { decideVerdict } from '../../../src/sla/decide-verdict.js';
import type { Course } from '../../../src/sla/evidence.js';
import type { Judgement } from '../../../src/sla/judgement.js';

function aJudgement(
  outcome: Outcome,
  reason = `p95 is a ${outcome}`,
  more: Partial<Judgement> = {},
): Judgement {
  return {
    phase: 'fault',
    objective: 'p95 <= 350ms',
    outcome,
    reading: { status: 'measured', value: 1, unit: 'us', samples: 1 },
    limit: 2,
    comparator: '<=',
    reason,
    ...more,
  };
}

const QUIET: Course = { doubts: [], caveats: [] };
const PASS = aJudgement('pass');
const OPEN = aJudgement('inconclusive');
const BREACH = aJudgement('breach');

describe('decideVerdict', () => {
  it('is the worst of the judgements, and says how many others there are', () => {
    expect(decideVerdict([PASS, PASS], QUIET)).to.deep.equal({
      outcome: 'pass',
      reason: 'all 2 objectives held',
      caveats: [],
    });
    expect(decideVerdict([PASS], QUIET).reason).to.equal('the one objective held');
    expect(decideVerdict([PASS, OPEN, PASS], QUIET)).to.deep.equal({
      outcome: 'inconclusive',
      reason: 'p95 is a inconclusive',
      caveats: [],
    });
    expect(decideVerdict([OPEN, BREACH, BREACH], QUIET)).to.deep.equal({
      outcome: 'breach',
      reason: 'p95 is a breach, and one other objective is breached',
      caveats: ['p95 is a inconclusive.'],
    });
    expect(decideVerdict([OPEN, OPEN, OPEN], QUIET).reason).to.equal(
      'p95 is a inconclusive, and 2 other objectives are inconclusive',
    );
  });

  it('does not say once more of each objective what is in doubt about the whole run', () => {
    const doubt = 'the load never began';
    const open = [aJudgement('inconclusive', `p95 was not measured: ${doubt}`), OPEN];
    expect(decideVerdict(open, { doubts: [doubt], caveats: [] })).to.deep.equal({
      outcome: 'inconclusive',
      reason: doubt,
      caveats: ['p95 is a inconclusive.'],
    });
  });

  it('is inconclusive where there is nothing to judge', () => {
    expect(decideVerdict([], QUIET)).to.deep.equal({
      outcome: 'inconclusive',
      reason: 'there is no objective, so that nothing was judged',
      caveats: [],
    });
  });

  it('is a breach where a stop condition was met, whatever was measured', () => {
    expect(decideVerdict([PASS, OPEN], { ...QUIET, stopped: 'stopped' })).to.deep.equal({
      outcome: 'breach',
      reason: 'stopped',
      caveats: ['p95 is a inconclusive.'],
    });
    expect(decideVerdict([], { ...QUIET, stopped: 'stopped' }).outcome).to.equal('breach');
  });

  it('is inconclusive where no number can be trusted, whatever was measured', () => {
    const course = {
      stopped: 'stopped',
      invalid: 'the clock was set',
      doubts: ['a doubt'],
      caveats: ['a caveat'],
    };
    expect(decideVerdict([BREACH], course)).to.deep.equal({
      outcome: 'inconclusive',
      reason: 'the clock was set',
      caveats: ['stopped.', 'a doubt.', 'a caveat.'],
    });
  });

  it('takes back a pass for a doubt, and leaves a breach', () => {
    const course = { doubts: ['the fault reached 1 of 3', 'another'], caveats: [] };
    expect(decideVerdict([PASS], course)).to.deep.equal({
      outcome: 'inconclusive',
      reason: 'the fault reached 1 of 3',
      caveats: ['another.'],
    });
    expect(decideVerdict([PASS, BREACH], course)).to.deep.include({
      outcome: 'breach',
      caveats: ['the fault reached 1 of 3.', 'another.'],
    });
  });

  it('repeats the caveats of judgements and of the run, each once', () => {
    const judgements = [
      aJudgement('pass', 'held', { caveat: 'outlived.' }),
      aJudgement('pass', 'held', { caveat: 'outlived.' }),
    ];
    expect(decideVerdict(judgements, { ...QUIET, caveats: ['Skew 3 ms.'] })).to.deep.equal({
      outcome: 'pass',
      reason: 'all 2 objectives held',
      caveats: ['outlived.', 'Skew 3 ms.'],
    });
  });

  it('is never better than its worst part, and always has a reason', () => {
    const outcomes = fc.array(fc.constantFrom(...OUTCOMES));
    const course = fc.record(
      { stopped: fc.constant('stopped'), doubts: fc.array(fc.constant('a doubt')), caveats: fc.constant([]) },
      { requiredKeys: ['doubts', 'caveats'] },
    );
    fc.assert(
      fc.property(outcomes, course, (parts, given) => {
        const { outcome, reason } = decideVerdict(
          parts.map((part) => aJudgement(part)),
          given,
        );
        const badness = (of: Outcome) => OUTCOMES.indexOf(of);
        for (const part of parts) expect(badness(outcome)).to.be.at.least(badness(part));
        if (given.doubts.length > 0 || parts.length === 0) expect(outcome).not.to.equal('pass');
        if (given.stopped !== undefined) expect(outcome).to.equal('breach');
        expect(reason).not.to.equal('');
      }),
    );
  });
});
