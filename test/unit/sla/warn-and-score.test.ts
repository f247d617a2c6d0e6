import { expect } from 'chai';
import fc from 'fast-check';
import { OUTCOMES } from '../../../src/shared/outcome.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import { parseWarn } from '../../../src/sla/parse-warn.js';
import { scoreOf } from '../../../src/sla/score.js';
import { anObjective } from '../../support/an-sla.js';
import { measureRun, repeated, type RunRequests, secondsOf } from '../../support/measured-run.js';

const CALM = secondsOf(...repeated(15, { ms: 100 }));
const RUN: RunRequests = { steady: CALM, fault: secondsOf(...repeated(15, { ms: 340 })), recovery: CALM };

/** Judges `line` over the fault phase with the warn limit. */
function judgeWarned(line: string, warn: string, run: RunRequests = RUN): Judgement {
  const objective = anObjective(line);
  const parsed = parseWarn(warn, objective, 'fault');
  if (!parsed.ok) throw new Error(parsed.error.message);
  const sla = { steady: [], fault: [{ ...objective, warn: parsed.warn }], recovery: [] };
  const [judgement] = judge(sla, {
    measurements: measureRun(run),
    recovery: { status: 'missing', reason: 'not looked for' },
    cutShort: {},
  });
  if (judgement === undefined) throw new Error('nothing was judged');
  return judgement;
}

function refusalOf(line: string, warn: string): string {
  const parsed = parseWarn(warn, anObjective(line), 'fault');
  if (parsed.ok) return '';
  const { message, start, end } = parsed.error;
  return `${warn.slice(start, end)}: ${message}`;
}

describe('a warn limit', () => {
  it('is passed for certain, or not at all, by a reading without an interval to speak of', () => {
    const over = judgeWarned('p95 <= 350ms', '300ms');
    expect(over).to.include({ outcome: 'pass' });
    expect(over.warning).to.deep.equal({
      status: 'certain',
      limit: 300_000,
      reason: 'p95 340 ms is over its warn limit of 300 ms',
    });
    expect(judgeWarned('p95 <= 350ms', '345ms').warning).to.equal(undefined);
  });

  it('is possibly passed where the interval reaches over it', () => {
    const play = secondsOf(...repeated(15, { ms: 200, slow: 5 }));
    const { outcome, warning } = judgeWarned('p95 <= 500ms', '300ms', { ...RUN, fault: play });
    expect(outcome).to.equal('pass');
    expect(warning).to.include({ status: 'possible' });
    expect(warning?.reason).to.match(/its warn limit of 300 ms, but not all of its interval is$/);
  });

  it('says nothing beside a breach, and says so where it relates to nothing', () => {
    expect(judgeWarned('p95 <= 320ms', '300ms'))
      .to.include({ outcome: 'breach' })
      .and.not.have.property('warning');
    expect(judgeWarned('p95 <= 350ms', '2x baseline').warning).to.deep.equal({
      status: 'unknown',
      reason:
        'the warn limit of p95 is not known: its limit relates to a baseline, and none was given (--baseline RUN)',
    });
  });

  it('may relate to another phase than the limit does, and be a floor', () => {
    expect(judgeWarned('p95 <= 350ms', '2x steady').warning).to.include({
      status: 'certain',
      limit: 200_000,
    });
    expect(judgeWarned('p95 <= 4x steady', '350ms').warning).to.equal(undefined);
    expect(judgeWarned('rate >= 50/s', '120/s').warning).to.include({ status: 'certain', limit: 120 });
  });

  it('changes no outcome, and no reason', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 900 }), fc.integer({ min: 1, max: 899 }), (limit, below) => {
        fc.pre(below < limit);
        const plain = judgeWarned(`p95 <= ${limit}ms`, `${limit / 2}ms`);
        const { warning, ...warned } = judgeWarned(`p95 <= ${limit}ms`, `${below}ms`);
        expect(warned).to.deep.equal({ ...warned, outcome: plain.outcome, reason: plain.reason });
        if (plain.outcome === 'breach') expect(warning).to.equal(undefined);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused at its very characters', () => {
    expect(refusalOf('p95 <= 350ms', '400ms')).to.match(/^400ms: a warn limit lies below the limit/);
    expect(refusalOf('p95 <= 350ms', '350ms')).to.match(/^350ms: /);
    expect(refusalOf('rate >= 50/s', '40/s')).to.match(/^40\/s: a warn limit lies above the limit/);
    expect(refusalOf('p95 <= 350ms', '<= 300ms')).to.match(/^<=: a warn limit stands alone.* "<=" /);
    expect(refusalOf('p95 <= 350ms', '300')).to.match(/^300: a latency needs a unit/);
    expect(refusalOf('p95 <= 3x steady', '4x steady')).to.match(/^4x steady: /);
    expect(refusalOf('p95 <= 3x steady', '4x baseline')).to.equal('');
    expect(refusalOf('errors < 1%', '0.5%')).to.equal('');
  });
});

describe('scoreOf', () => {
  it('is the weighted share of the objectives that were met', () => {
    const of = (outcome: Judgement['outcome'], weight?: number) =>
      weight === undefined ? { outcome } : { outcome, weight };
    expect(scoreOf([of('pass'), of('pass'), of('breach'), of('inconclusive')])).to.deep.equal({
      share: 0.5,
      met: 2,
      of: 4,
    });
    expect(scoreOf([of('pass', 3), of('breach')])).to.deep.equal({ share: 0.75, met: 3, of: 4 });
    expect(scoreOf([])).to.equal(undefined);
  });

  it('never rises where an outcome gets worse', () => {
    const judged = fc.record({
      outcome: fc.constantFrom(...OUTCOMES),
      weight: fc.double({ min: 0.1, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(judged, { minLength: 1 }), fc.nat(), (all, index) => {
        const at = index % all.length;
        const worse = all.with(at, { ...all[at]!, outcome: 'breach' });
        expect(scoreOf(worse)?.share).to.be.at.most(scoreOf(all)?.share ?? 0);
      }),
    );
  });
});
