import { expect } from 'chai';
import fc from 'fast-check';
import { OUTCOMES } from '../../../src/shared/outcome.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import type { JudgedPhase, Objective } from '../../../src/sla/objective.js';
import type { Observation, ObservedValue } from '../../../src/sla/observation.js';
import {
  parseAt,
  parsePrometheusLimit,
  parseReduction,
} from '../../../src/sla/parse-prometheus-objective.js';
import type { Reduction } from '../../../src/sla/prometheus-query.js';
import { reduce } from '../../../src/sla/read-observation.js';
import { measureRun } from '../../support/measured-run.js';

function anAsked(limit: string, reduction = 'max', more: Partial<Objective> = {}): Objective {
  const reduced = parseReduction(reduction);
  if (!reduced.ok) throw new Error(reduced.error.message);
  const evaluation = { kind: 'range', stepMs: 1000, reduce: reduced.value } as const;
  const query = { name: 'queue', query: 'max(queue)', evaluation };
  const parsed = parsePrometheusLimit(limit, query, 'fault');
  if (!parsed.ok) throw new Error(parsed.error.message);
  return { ...parsed.value, ...more };
}

function observed(values: readonly ObservedValue[], phase: JudgedPhase = 'fault'): Observation {
  const times = { phaseStartMs: 0, firstMs: 0, stepMs: 1000 };
  return { phase, query: 'max(queue)', when: 'every 1 s', status: 'read', ...times, values };
}

function judgeFault(objective: Objective, observations: readonly Observation[]): Judgement {
  const [judgement] = judge(
    { steady: [], fault: [objective], recovery: [] },
    {
      measurements: measureRun({}),
      observations,
      recovery: { status: 'missing', reason: 'not looked for' },
      cutShort: {},
    },
  );
  if (judgement === undefined) throw new Error('nothing was judged');
  return judgement;
}

describe('objectives of queries', () => {
  it('are judged by what the points of their phase become', () => {
    const said = (limit: string, reduction: string) =>
      judgeFault(anAsked(limit, reduction), [observed([1, 5, 2, 4])]);
    expect(said('<= 5', 'max')).to.include({
      outcome: 'pass',
      reason: 'max of queue 5 is within the limit of 5',
      objective: 'max of queue <= 5',
    });
    expect(said('<= 4', 'max')).to.include({ outcome: 'breach' });
    expect(said('>= 1', 'min')).to.include({ outcome: 'pass' });
    expect(said('<= 3', 'avg')).to.include({ outcome: 'pass' });
    expect(said('<= 3', 'last')).to.include({ outcome: 'breach' });
    expect(said('<= 2', 'p50')).to.include({ outcome: 'pass' });
    expect(said('<= 4.5', 'p75')).to.include({ outcome: 'pass' });
  });

  it('relate to the same query over the steady phase, and to nothing where that has a gap', () => {
    const objective = anAsked('<= 2x steady');
    const judged = judgeFault(objective, [observed([2, 3], 'steady'), observed([7])]);
    expect(judged).to.include({ outcome: 'breach', limit: 6 });
    const gap = judgeFault(objective, [observed([2, null], 'steady'), observed([1])]);
    expect(gap.outcome).to.equal('inconclusive');
    expect(gap.reason).to.match(/relates to the steady phase, .*1 of its 2 points has no number$/);
  });

  it('are inconclusive for what is no number, no data, not recorded or not answered', () => {
    const reasonOf = (...observations: readonly Observation[]) => {
      const { outcome, reason } = judgeFault(anAsked('<= 5'), observations);
      expect(outcome).to.equal('inconclusive');
      return reason;
    };
    expect(reasonOf(observed(['NaN', 'NaN']))).to.match(/it was NaN throughout the fault phase$/);
    expect(reasonOf(observed(['+Inf']))).to.match(/it was \+Inf throughout the fault phase$/);
    expect(reasonOf(observed([null, null]))).to.match(/the query gave no data in the fault phase$/);
    expect(reasonOf(observed([null, 'NaN']))).to.match(/the query gave no number in the fault phase$/);
    expect(reasonOf(observed([1], 'steady'))).to.match(/the query was not recorded in this run$/);
    const down = { ...observed([]), status: 'missing', reason: 'the server is down' } as const;
    expect(reasonOf(down)).to.match(/the server is down$/);
  });

  it('pass with no point in doubt, unless told how many points are enough', () => {
    const values = [1, null, 2, 'NaN', 1] as const;
    const gaps = judgeFault(anAsked('<= 5'), [observed(values)]);
    expect(gaps.outcome).to.equal('inconclusive');
    expect(gaps.reason).to.match(/within the limit of 5, but 2 of its 5 points have no number$/);
    expect(judgeFault(anAsked('<= 5', 'max', { minSamples: 3 }), [observed(values)]).outcome).to.equal(
      'pass',
    );
    const few = judgeFault(anAsked('<= 5', 'max', { minSamples: 4 }), [observed(values)]);
    expect(few.outcome).to.equal('inconclusive');
    expect(judgeFault(anAsked('<= 1'), [observed(values)]).outcome).to.equal('breach');
    expect(judgeFault(anAsked('<= 1', 'avg'), [observed(values)]).outcome).to.equal('inconclusive');
    expect(judgeFault(anAsked('<= 5', 'last'), [observed(values)]).outcome).to.equal('pass');
    expect(judgeFault(anAsked('<= 5', 'last'), [observed([1, null])]).outcome).to.equal('inconclusive');
  });

  it('get no better where a point gets worse or is lost', () => {
    const values = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(null, 'NaN' as const)),
    );
    const reduction = fc.constantFrom('max', 'min', 'avg', 'last', 'p50', 'p95');
    const badness = (objective: Objective, points: readonly ObservedValue[]) =>
      OUTCOMES.indexOf(judgeFault(objective, [observed(points)]).outcome);
    fc.assert(
      fc.property(
        values,
        reduction,
        fc.nat(100),
        fc.nat(),
        fc.nat(100),
        (points, kind, limit, index, more) => {
          const objective = anAsked(`<= ${limit}`, kind);
          fc.pre(points.length > 0);
          const at = index % points.length;
          const point = points[at];
          const before = badness(objective, points);
          if (typeof point === 'number') {
            expect(badness(objective, points.with(at, point + more))).to.be.at.least(before);
          }
          // A pass never comes of a point that is not there.
          if (before > 0) expect(badness(objective, points.with(at, null))).to.be.above(0);
          if (points.every((one) => typeof one !== 'number')) expect(before).to.equal(1);
        },
      ),
    );
  });

  it('reduce points to one of them, or to what lies between', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    const kinds = fc.constantFrom<Reduction>(
      { kind: 'max' },
      { kind: 'min' },
      { kind: 'avg' },
      { kind: 'percentile', percent: 95 },
    );
    fc.assert(
      fc.property(numbers, kinds, fc.nat(), (points, kind, index) => {
        const value = reduce(points, kind);
        expect(value).to.be.at.most(Math.max(...points) + 1e-9 * Math.abs(Math.max(...points)));
        expect(value).to.be.at.least(Math.min(...points) - 1e-9 * Math.abs(Math.min(...points)));
        const turned = [...points.slice(index % points.length), ...points.slice(0, index % points.length)];
        expect(reduce(turned, kind)).to.equal(value);
      }),
    );
  });
});

describe('reading the texts of a query', () => {
  it('says what is wrong at its very characters', () => {
    const query = {
      name: 'queue',
      query: 'queue',
      evaluation: { kind: 'instant', at: 'end' },
    } as const;
    const wrong = (text: string, phase: JudgedPhase = 'fault') => {
      const parsed = parsePrometheusLimit(text, query, phase);
      return parsed.ok
        ? parsed.value.text
        : `${text.slice(parsed.error.start, parsed.error.end)}: ${parsed.error.message}`;
    };
    expect(wrong('<= 0.9')).to.equal('queue at the end <= 0.9');
    expect(wrong('0.9')).to.match(/^0.9: a comparator is missing/);
    expect(wrong('=< 1')).to.match(/^=<: .*did you mean "<="/);
    expect(wrong('<= 90%')).to.match(/^90%: /);
    expect(wrong('<= 2x stedy')).to.match(/^stedy: .*did you mean "steady"/);
    expect(wrong('<= 2x steady', 'steady')).to.match(
      /^2x steady: the steady phase cannot be held against itself/,
    );
  });

  it('knows its reductions and moments, and what was meant', () => {
    const reductionOf = (text: string) => {
      const parsed = parseReduction(text);
      return parsed.ok ? parsed.value : parsed.error.message;
    };
    expect(reductionOf('p99.9')).to.deep.equal({ kind: 'percentile', percent: 99.9 });
    expect(reductionOf('mean')).to.match(/did you mean "avg"\?$/);
    expect(reductionOf('mxa')).to.match(/did you mean "max"\?$/);
    expect(reductionOf('p100')).to.match(/between 0 and 100/);
    expect(parseAt('end')).to.deep.equal({ ok: true, value: 'end' });
    expect(parseAt('10s')).to.deep.equal({ ok: true, value: 10_000 });
    expect(parseAt('start')).to.include({ ok: false });
  });
});
