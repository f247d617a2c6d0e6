import { expect } from 'chai';
import fc from 'fast-check';
import type { Benchmarks } from '../../../../src/bench/benchmark.js';
import type { Measurements } from '../../../../src/bench/measurement.js';
import { createMeasurements } from '../../../../src/bench/create-measurements.js';
import { judge } from '../../../../src/sla/judge.js';
import type { Judgement } from '../../../../src/sla/judgement.js';
import type { JudgedPhase, Objective } from '../../../../src/sla/objective.js';
import { anObjective } from '../../../support/an-sla.js';
import { aBenchmarkSeries, someBenchmarks } from '../../../support/some-benchmarks.js';

const LINE = 'bench("BenchmarkOrderSubmit", "p95-ms") <= 350';
const NEAR = [200, 201, 202, 203, 204, 205, 206];
const STEADY = [10, 11, 12, 13, 14, 15, 16];

const NOTHING = createMeasurements([], [], []);

describe('judging benchmarks', () => {
  it('lets the interval of the median decide', () => {
    const outcomeOf = (values: readonly number[]) => judgeFault(LINE, values);
    expect(outcomeOf(NEAR)).to.deep.include({
      outcome: 'pass',
      reading: { status: 'measured', value: 203, unit: 'plain', samples: 7 },
      interval: { low: 200, high: 206, confidence: 0.95 },
      reason:
        'bench("BenchmarkOrderSubmit", "p95-ms") 203 (95 % interval 200 to 206) is within the limit of 350',
    });
    expect(outcomeOf([400, 401, 402, 403, 404, 405])).to.include({ outcome: 'breach' });
    const near = outcomeOf([300, 310, 320, 330, 340, 360]);
    expect(near).to.include({ outcome: 'inconclusive' });
    expect(near.reason).to.include('but not all of its interval is');
  });

  it('says how many readings it takes, unless the reading alone is to decide', () => {
    const few = judgeFault(LINE, [1, 2, 3, 4, 5]);
    expect(few).to.include({ outcome: 'inconclusive' });
    expect(few.reason).to.equal(
      'bench("BenchmarkOrderSubmit", "p95-ms") needs at least 6 samples, the fault phase has 5: make it longer, or load.goBench.benchtime shorter',
    );
    expect(judgeFault(LINE, [1], { confidence: 'point' })).to.include({ outcome: 'pass' });
    expect(judgeFault(LINE, [400], { confidence: 'point' })).to.include({ outcome: 'breach' });
    expect(judgeFault(LINE, NEAR, { minSamples: 8 }).reason).to.include('needs at least 8 samples');
    // An interval cannot be had for less.
    expect(judgeFault(LINE, [1, 2], { minSamples: 2 })).to.include({ outcome: 'inconclusive' });
  });

  it('relates to the steady phase with the uncertainty of both', () => {
    const line = 'bench("BenchmarkOrderSubmit", "p95-ms") <= 3x steady';
    const judged = (fault: readonly number[], steady: readonly number[]) =>
      judgeOne(anObjective(line), 'fault', both(fault, steady));
    const clear = judged([30, 31, 32, 33, 34, 35, 36], STEADY);
    expect(clear).to.include({ outcome: 'inconclusive', limit: 39 });
    // 33 +- 3, against 39 +- 9: together +- 9.49.
    expect(clear.interval?.low).to.be.closeTo(33 - Math.hypot(3, 9), 1e-9);
    expect(clear.interval?.high).to.be.closeTo(33 + Math.hypot(3, 9), 1e-9);
    expect(judged([20, 20, 20, 21, 21, 21], STEADY)).to.include({ outcome: 'pass' });
    expect(judged(NEAR, STEADY)).to.include({ outcome: 'breach' });
    // A benchmark that reports 0, such as allocations, is no reason to divide by it.
    const none = [0, 0, 0, 0, 0, 0];
    expect(judged(none, none)).to.include({ outcome: 'pass' });
    expect(judged([1, 1, 1, 1, 1, 1], none)).to.include({ outcome: 'breach' });
    expect(judged(NEAR, [10, 11]).reason).to.include('the steady phase that its limit relates to has 2');
    expect(
      judgeOne(anObjective(line), 'fault', someBenchmarks(aBenchmarkSeries('fault', NEAR))).reason,
    ).to.equal(
      'bench("BenchmarkOrderSubmit", "p95-ms") cannot be judged: its limit relates to the steady phase, which has no ' +
        'such reading: no measuring of BenchmarkOrderSubmit lay wholly within the steady phase: make it longer, or load.goBench.benchtime shorter',
    );
  });

  it('relates to the same phase of a baseline', () => {
    const objective = anObjective('bench("BenchmarkOrderSubmit", "p95-ms") <= 110% of baseline');
    const now = someBenchmarks(aBenchmarkSeries('fault', NEAR));
    const before = someBenchmarks(aBenchmarkSeries('fault', [300, 300, 300, 300, 300, 300]));
    expect(judgeOne(objective, 'fault', now, { baseline: NOTHING, baselineBenchmarks: before })).to.include({
      outcome: 'pass',
      limit: 330,
    });
    expect(judgeOne(objective, 'fault', now).outcome).to.equal('inconclusive');
  });

  it('is inconclusive with its reason where nothing was measured', () => {
    const reasons: readonly (readonly [benchmarks: Benchmarks | undefined, reason: string])[] = [
      [undefined, 'no benchmark was run: that takes a load.goBench'],
      [someBenchmarks(), 'no benchmark had a result'],
      [
        someBenchmarks(aBenchmarkSeries('steady', STEADY), aBenchmarkSeries('transition', [99])),
        'no measuring of BenchmarkOrderSubmit lay wholly within the fault phase: make it longer, or load.goBench.benchtime shorter',
      ],
      [
        someBenchmarks(aBenchmarkSeries('fault', NEAR, { name: 'BenchmarkOrderSubmits' })),
        'the load has no benchmark "BenchmarkOrderSubmit"; did you mean "BenchmarkOrderSubmits"?',
      ],
      [
        someBenchmarks(aBenchmarkSeries('fault', NEAR, { unit: 'ns/op' })),
        'BenchmarkOrderSubmit does not report "p95-ms"; there is "ns/op"',
      ],
      [
        someBenchmarks(aBenchmarkSeries('fault', NEAR), aBenchmarkSeries('fault', NEAR, { procs: 4 })),
        'there are several of this name; ask for one of "BenchmarkOrderSubmit-2", "BenchmarkOrderSubmit-4"',
      ],
    ];
    for (const [benchmarks, reason] of reasons) {
      const judgement = judgeOne(anObjective(LINE), 'fault', benchmarks);
      expect(judgement.outcome).to.equal('inconclusive');
      expect(judgement.reason).to.equal(
        `bench("BenchmarkOrderSubmit", "p95-ms") was not measured: ${reason}`,
      );
    }
  });

  it('finds a benchmark by the name that Go prints, too', () => {
    const benchmarks = someBenchmarks(
      aBenchmarkSeries('fault', NEAR, { name: 'BenchmarkA/size', procs: 10 }),
      aBenchmarkSeries('fault', [900, 900, 900, 900, 900, 900], { name: 'BenchmarkA/size', procs: 20 }),
    );
    const outcomeOf = (name: string) =>
      judgeOne(anObjective(`bench("${name}", "p95-ms") <= 350`), 'fault', benchmarks).outcome;
    expect(outcomeOf('BenchmarkA/size-10')).to.equal('pass');
    expect(outcomeOf('BenchmarkA/size-20')).to.equal('breach');
  });

  it('is no pass in a phase that was cut short, and no breach before any fault', () => {
    const cutShort = { fault: 'the service fell over' };
    const passed = someBenchmarks(aBenchmarkSeries('fault', NEAR));
    expect(judgeOne(anObjective(LINE), 'fault', passed, { cutShort })).to.include({
      outcome: 'inconclusive',
    });
    expect(
      judgeOne(anObjective(LINE), 'fault', someBenchmarks(aBenchmarkSeries('steady', STEADY)), { cutShort }),
    )
      .to.have.property('reason')
      .that.includes('since the service fell over');
    const slow = someBenchmarks(aBenchmarkSeries('steady', [900, 900, 900, 900, 900, 900]));
    expect(judgeOne(anObjective(LINE, 'steady'), 'steady', slow)).to.include({ outcome: 'inconclusive' });
  });

  it('never gets better by slower readings', () => {
    const order = { pass: 0, inconclusive: 1, breach: 2 };
    const values = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 300 }), (fault, more) => {
        const before = judgeFault(LINE, fault).outcome;
        const after = judgeFault(
          LINE,
          fault.map((value) => value + more),
        ).outcome;
        expect(order[after]).to.be.at.least(order[before]);
      }),
    );
  });
});

function both(fault: readonly number[], steady: readonly number[]): Benchmarks {
  return someBenchmarks(aBenchmarkSeries('steady', steady), aBenchmarkSeries('fault', fault));
}

function judgeFault(line: string, values: readonly number[], more: Partial<Objective> = {}): Judgement {
  return judgeOne(
    anObjective(line, 'fault', more),
    'fault',
    someBenchmarks(aBenchmarkSeries('fault', values)),
  );
}

function judgeOne(
  objective: Objective,
  phase: JudgedPhase,
  benchmarks: Benchmarks | undefined,
  more: {
    readonly baseline?: Measurements;
    readonly baselineBenchmarks?: Benchmarks;
    readonly cutShort?: Partial<Record<JudgedPhase, string>>;
  } = {},
): Judgement {
  const sla = { steady: [], fault: [], recovery: [], [phase]: [objective] };
  const [judgement] = judge(sla, {
    measurements: NOTHING,
    recovery: { status: 'missing', reason: 'not asked' },
    cutShort: {},
    ...(benchmarks === undefined ? {} : { benchmarks }),
    ...more,
  });
  return judgement!;
}
