import { expect } from 'chai';
import type { Result } from '../../../src/experiments/result-schema.js';
import { BEYOND_ANY_LIMIT_US } from '../../../src/shared/format-reading.js';
import { formatInterval } from '../../../src/report/format-interval.js';
import {
  tightestObjective,
  viewObjectives,
  type ObjectiveView,
} from '../../../src/report/view-objectives.js';
import { aJudgement, aResult } from '../../support/a-result.js';

type Judgement = Result['judgements'][number];

describe('viewObjectives', () => {
  it('says what is left of a limit, and what is over it', () => {
    const margin = (value: number): string => view({ reading: read(value, 'us'), limit: 100 }).margin;
    expect(margin(61)).to.equal('39 % to spare');
    expect(margin(118)).to.equal('18 % over');
    expect(margin(100)).to.equal('at the limit');
    expect(margin(100.2)).to.equal('< 1 % over');
    expect(margin(99.8)).to.equal('< 1 % to spare');
    expect(margin(0.5)).to.equal('> 99 % to spare');
    expect(margin(470)).to.equal('4.7x the limit');
    expect(margin(2_900)).to.equal('29x the limit');
  });

  it('says how far under the least that there has to be', () => {
    const margin = (value: number): string =>
      view({ reading: read(value, 'per-second'), limit: 100, comparator: '>=' }).margin;
    expect(margin(125)).to.equal('20 % to spare');
    expect(margin(50)).to.equal('50 % under');
    expect(margin(2)).to.equal('98 % under');
  });

  it('counts what an availability may miss, not what it has', () => {
    const { margin, usage } = view({ reading: read(0.9995, 'share'), limit: 0.999, comparator: '>=' });
    expect(margin).to.equal('50 % to spare');
    expect(usage).to.be.closeTo(0.5, 1e-9);
  });

  it('has no margin where nothing was measured, or a limit is 0', () => {
    expect(view({ reading: { status: 'missing', reason: 'no request' } })).to.include({
      reading: '–',
      basis: 'no request',
      margin: '',
    });
    expect(view({ reading: read(0, 'share'), limit: 0 }).margin).to.equal('');
  });

  it('says how failed requests were counted, and of what there is a warning', () => {
    expect(view({ failures: 'left-out' }).basis).to.equal('3,000 samples, failed ones left out');
    const failed = view({
      failures: 'slowest',
      outcome: 'breach',
      reading: read(BEYOND_ANY_LIMIT_US, 'us'),
      limit: 350_000,
    });
    expect(failed).to.include({ reading: '∞', margin: 'over any limit' });
    const warning = { status: 'certain', limit: 200_000, reason: 'p95 214 ms is over' } as const;
    expect(view({ warning })).to.include({ outcome: 'pass', warning: 'p95 214 ms is over', reason: '' });
    expect(view({}).warning).to.equal('');
  });

  it('says nothing of the margin of a lower bound that is within its limit', () => {
    const reading = { status: 'at-least', value: 5_000, unit: 'ms', samples: 9 } as const;
    expect(view({ reading, limit: 15_000 })).to.include({ reading: '> 5 s', margin: '', usage: undefined });
    expect(view({ reading, limit: 5_000 }).margin).to.equal('over');
    expect(view({ reading, limit: 4_000 }).margin).to.equal('at least 25 % over');
  });
});

describe('tightestObjective', () => {
  it('is the one nearest to its limit; of a breach the one farthest over it', () => {
    const held = aJudgement({ objective: 'held', reading: read(99, 'us'), limit: 100 });
    const roomy = aJudgement({ objective: 'roomy', reading: read(1, 'us'), limit: 100 });
    const over = aJudgement({ objective: 'over', outcome: 'breach', reading: read(70, 'us'), limit: 60 });
    const tightest = (...judgements: Judgement[]): string | undefined =>
      tightestObjective(aResult({ judgements }))?.objective;
    expect(tightest(roomy, held)).to.equal('held');
    expect(tightest(held, over, roomy)).to.equal('over');
    expect(tightest()).to.equal(undefined);
  });
});

describe('formatInterval', () => {
  it('leaves out a unit that both ends and the reading share', () => {
    expect(formatInterval(212_000, 217_000, 'us')).to.equal('212 to 217');
    expect(formatInterval(212_000, 212_000.4, 'us')).to.equal('');
    expect(formatInterval(0.001, 0.0025, 'share')).to.equal('0.1 to 0.25');
    expect(formatInterval(99.5, 100.5, 'per-second')).to.equal('99.5/s to 101/s'.replaceAll('/s', ''));
  });

  it('keeps the units where they differ', () => {
    expect(formatInterval(980_000, 1_020_000, 'us')).to.equal('980 ms to 1.02 s');
    expect(formatInterval(59_000, 61_000, 'ms')).to.equal('59 s to 1m 1s');
    expect(formatInterval(3, 5, 'count')).to.equal('3 to 5');
  });
});

function view(overrides: Partial<Judgement>): ObjectiveView {
  return viewObjectives(aResult({ judgements: [aJudgement(overrides)] }))[0]!;
}

function read(value: number, unit: 'us' | 'share' | 'per-second'): Judgement['reading'] {
  return { status: 'measured', value, unit, samples: 3_000 };
}
