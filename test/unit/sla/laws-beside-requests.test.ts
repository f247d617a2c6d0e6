import { expect } from 'chai';
import fc from 'fast-check';
import type { Measurements } from '../../../src/bench/measurement.js';
import { OUTCOMES } from '../../../src/shared/outcome.js';
import { measureTape } from '../../../src/bench/tape-file/measure-tape.js';
import { mergeTapes } from '../../../src/bench/tape-file/merge-tapes.js';
import { parseTape } from '../../../src/bench/tape-file/read-tape.js';
import type { Evidence } from '../../../src/sla/evidence.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import type { Objective } from '../../../src/sla/objective.js';
import type { Observation, ObservedValue } from '../../../src/sla/observation.js';
import { parsePrometheusLimit, parseReduction } from '../../../src/sla/parse-prometheus-objective.js';
import { recordTape, TAPE_METRICS } from '../../support/a-stored-tape.js';
import { anObjective } from '../../support/an-sla.js';
import { measureMetrics } from '../../support/measured-metrics.js';
import { measureRun } from '../../support/measured-run.js';
import { aBenchmarkSeries, someBenchmarks } from '../../support/some-benchmarks.js';

const NAME = 'BenchmarkOrderSubmit';
/** One set of values for all of them: a Trend, a Rate, a Counter, a Gauge, a check, a benchmark and a query. */
const TREND_LINES = [
  'metric("wait", "p50") <= 50ms',
  'metric("wait", "p90") < 2x steady',
  'metric("wait", "mean") <= steady + 10ms',
  'metric("wait", "max") <= 1.5x steady',
];
const COUNTED_LINES = [
  'metric("ok") >= 80%',
  'metric("ok") >= 0.9x steady',
  'check("stored") >= 0.95x steady',
  'check("stored") > 75%',
  'metric("orders") >= 100',
  'metric("orders") >= 90% of steady',
  'metric("orders") >= 5/s',
  'metric("depth", "max") <= 80',
  'metric("depth") <= 1.5x steady',
];
const BENCH_LINES = [
  `bench("${NAME}", "p95-ms") <= 50`,
  `bench("${NAME}", "p95-ms") <= 1.5x steady`,
  `bench("${NAME}", "p95-ms") < steady + 10`,
];
const QUERIES = ['<= 50', '<= 1.5x steady', '< steady + 10'].flatMap((limit) =>
  ['max', 'avg', 'last', 'p50', 'p95'].map((reduction) => aQuery(limit, reduction)),
);
const OBJECTIVES = [
  ...[...TREND_LINES, ...COUNTED_LINES, ...BENCH_LINES].map((line) => anObjective(line)),
  ...QUERIES,
];
/** A percentile of a metric may get a wider interval, and so an open outcome, by being worse. */
const WITHOUT_INTERVALS = OBJECTIVES.map((objective) =>
  objective.indicator.kind === 'metric' ? { ...objective, confidence: 'point' as const } : objective,
);
const STEADY = [30, 32, 28, 31, 35, 29, 30, 33, 27, 30];

const values = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 60, size: 'max' });

function aQuery(limit: string, reduction: string): Objective {
  const reduced = parseReduction(reduction);
  if (!reduced.ok) throw new Error(reduced.error.message);
  const evaluation = { kind: 'range', stepMs: 1000, reduce: reduced.value } as const;
  const parsed = parsePrometheusLimit(limit, { name: 'queue', query: 'max(queue)', evaluation }, 'fault');
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function observed(
  points: readonly ObservedValue[],
  phase: 'steady' | 'fault',
  phaseStartMs = 0,
): Observation {
  const times = { phaseStartMs, firstMs: phaseStartMs, stepMs: 1000 };
  return { phase, query: 'max(queue)', when: 'every 1 s', status: 'read', ...times, values: points };
}

/** How often something went well, by how bad the values are: a value of 70 and more is a failure. */
const wentWell = (some: readonly number[]) => some.map((value) => (value < 70 ? 1 : 0));
/** The more of them the better: a slow one counts for less. */
const earned = (some: readonly number[]) => some.map((value) => 100 - value);

function measured(fault: readonly number[]): Measurements {
  const both = (of: (some: readonly number[]) => readonly number[]) => ({
    steady: of(STEADY),
    fault: of(fault),
  });
  return measureMetrics({
    wait: { type: 'trend', contains: 'time', ...both((some) => some) },
    ok: { type: 'rate', ...both(wentWell) },
    checks: { type: 'rate', tags: { check: 'stored' }, ...both(wentWell) },
    orders: { type: 'counter', ...both(earned) },
    depth: { type: 'gauge', ...both((some) => some) },
  });
}

function evidenceOf(fault: readonly number[], more: Partial<Evidence> = {}): Evidence {
  return {
    measurements: measured(fault),
    benchmarks: someBenchmarks(
      aBenchmarkSeries('steady', STEADY),
      ...(fault.length === 0 ? [] : [aBenchmarkSeries('fault', fault)]),
    ),
    observations: [observed(STEADY, 'steady'), observed(fault, 'fault')],
    recovery: { status: 'missing', reason: 'not looked for' },
    cutShort: {},
    ...more,
  };
}

function judged(objectives: readonly Objective[], evidence: Evidence): readonly Judgement[] {
  return judge({ steady: [], fault: objectives, recovery: [] }, evidence);
}

function badness({ outcome }: Judgement): number {
  return OUTCOMES.indexOf(outcome);
}

describe('the laws of judging, for metrics, checks, benchmarks and queries', () => {
  it('gives no better outcome for a worse value', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(100), (fault, index, by) => {
        fc.pre(fault.length > 0);
        const at = index % fault.length;
        const worse = fault.with(at, Math.min(100, fault[at]! + by));
        const after = judged(WITHOUT_INTERVALS, evidenceOf(worse));
        for (const [line, before] of judged(WITHOUT_INTERVALS, evidenceOf(fault)).entries()) {
          expect(badness(after[line]!), `${before.objective}: ${before.reason}`).to.be.at.least(
            badness(before),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('passes nothing that has no samples, in its phase or in the one that its limit relates to', () => {
    const relative = OBJECTIVES.filter(({ limit }) => limit.kind !== 'absolute');
    const withoutSteady = evidenceOf(STEADY, {
      measurements: measureRun({ fault: [{ atMs: 0, ms: 1 }] }),
      benchmarks: someBenchmarks(aBenchmarkSeries('fault', STEADY)),
      observations: [observed(STEADY, 'fault')],
    });
    // A Counter that was counted elsewhere was counted as none here, which is a number.
    const isCounted = ({ indicator }: Objective) =>
      indicator.kind === 'metric' && indicator.name === 'orders';
    const unread = OBJECTIVES.filter((objective) => !isCounted(objective));
    for (const one of [...judged(unread, evidenceOf([])), ...judged(relative, withoutSteady)]) {
      expect(one.outcome, `${one.objective}: ${one.reason}`).to.equal('inconclusive');
    }
    for (const one of judged(OBJECTIVES.filter(isCounted), evidenceOf([]))) {
      expect(one.outcome, one.objective).to.equal('breach');
    }
  });

  it('does not depend on the order of values, but for the last of them', () => {
    const isLast = ({ indicator: of }: Objective) =>
      (of.kind === 'metric' && of.name === 'depth' && of.statistic.kind === 'value') ||
      (of.kind === 'prometheus' &&
        of.query.evaluation.kind === 'range' &&
        of.query.evaluation.reduce.kind === 'last');
    // The interval of a metric's percentile knows in which second each value came.
    const orderless = WITHOUT_INTERVALS.filter((objective) => !isLast(objective));
    fc.assert(
      fc.property(
        values.chain((fault) =>
          fc.tuple(fc.constant(fault), fc.shuffledSubarray(fault, { minLength: fault.length })),
        ),
        ([fault, shuffled]) => {
          expect(judged(orderless, evidenceOf(shuffled))).to.deep.equal(judged(orderless, evidenceOf(fault)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('does not depend on the order in which trials were stored', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 4 }), fc.nat(), (trials, turn) => {
        const observations = trials.flatMap((fault, trial) => [
          observed(STEADY, 'steady', trial * 100_000),
          observed(fault, 'fault', trial * 100_000 + 50_000),
        ]);
        const at = turn % observations.length;
        const turned = [...observations.slice(at), ...observations.slice(0, at)];
        expect(judged(QUERIES, evidenceOf([], { observations: turned }))).to.deep.equal(
          judged(QUERIES, evidenceOf([], { observations })),
        );
      }),
    );
  });

  it('does not depend on the units that a limit is written in', () => {
    const pairs = [
      ['metric("wait", "p50") <= 50ms', 'metric("wait", "p50") <= 0.05s'],
      ['metric("wait", "mean") <= steady + 10ms', 'metric("wait", "mean") <= steady + 0.01s'],
      ['metric("orders") >= 5/s', 'metric("orders") >= 300/m'],
      ['metric("ok") >= 0.9x steady', 'metric("ok") >= 90% of steady'],
      [`bench("${NAME}", "p95-ms") <= 1.5x steady`, `bench("${NAME}", "p95-ms") <= 150% of steady`],
    ].map((pair) => pair.map((line) => anObjective(line)));
    fc.assert(
      fc.property(values, (fault) => {
        for (const pair of pairs) {
          const [one, other] = judged(pair, evidenceOf(fault));
          expect(other).to.deep.equal({ ...one, objective: other?.objective });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('says the same of shares of a load merged as of the whole', () => {
    const lines = [
      'metric("queue_wait", "p50") <= 50ms',
      'metric("queue_wait", "p90") <= 1.5x steady',
      'metric("queue_wait", "mean") <= 50ms',
      'metric("orders_ok") >= 0.9x steady',
      'metric("orders") >= 90% of steady',
      'metric("depth", "max") <= 80',
    ].map((line) => anObjective(line));
    const kinds = TAPE_METRICS.length;
    /** The same value of each metric, evenly over the phase. */
    const samplesOf = (some: readonly number[], fromMs: number) =>
      some.map((value, index) => ({ atMs: fromMs + 1 + (index * 9000) / some.length, value }));
    const tapeOf = (steady: ReturnType<typeof samplesOf>, fault: ReturnType<typeof samplesOf>) => {
      const inTurn = (samples: ReturnType<typeof samplesOf>) =>
        samples.flatMap(({ atMs, value }) =>
          // A row of each series in turn: the Rate takes 0 or 1.
          Array.from({ length: kinds }, (_, kind) => ({
            atMs,
            value: kind === 1 ? Number(value < 70) : value,
          })),
        );
      const { bytes } = recordTape([
        { kind: 'border', afterMs: 0, phase: 'steady' },
        { kind: 'metrics', afterMs: 10_000, values: inTurn(steady) },
        { kind: 'border', afterMs: 0, phase: 'fault' },
        { kind: 'metrics', afterMs: 10_000, values: inTurn(fault) },
        { kind: 'border', afterMs: 0, phase: 'transition' },
        { kind: 'caught-up', afterMs: 1000 },
      ]);
      return parseTape(bytes, 'tape.plm');
    };
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 4 }), (fault, runners) => {
        const [steadySamples, faultSamples] = [samplesOf(STEADY, 0), samplesOf(fault, 10_000)];
        const shareOf = <One>(some: readonly One[], runner: number) =>
          some.filter((_, index) => index % runners === runner);
        const shares = Array.from({ length: runners }, (_, runner) =>
          tapeOf(shareOf(steadySamples, runner), shareOf(faultSamples, runner)),
        );
        const judgeTapes = (...tapes: readonly ReturnType<typeof tapeOf>[]) =>
          judged(lines, evidenceOf([], { measurements: measureTape(mergeTapes(tapes)) }));
        expect(judgeTapes(...shares)).to.deep.equal(judgeTapes(tapeOf(steadySamples, faultSamples)));
      }),
      { numRuns: 15 },
    );
  });

  it('gives a reason for every outcome', () => {
    fc.assert(
      fc.property(values, (fault) => {
        for (const { reason, objective } of judged(OBJECTIVES, evidenceOf(fault))) {
          expect(reason, objective).to.match(/^\S.*[^.\s]$/);
          expect(reason, objective).not.to.match(/undefined|NaN|Infinity/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
