import { expect } from 'chai';
import type { Measurements } from '../../../src/bench/measurement.js';
import { measurementsFromDocument, measurementsToDocument } from '../../../src/bench/measurement-document.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import { anObjective } from '../../support/an-sla.js';
import { type AMetric, measureMetrics } from '../../support/measured-metrics.js';

function judgeOne(line: string, measurements: Measurements): Judgement {
  const [judgement] = judge(
    { steady: [], fault: [anObjective(line)], recovery: [] },
    { measurements, recovery: { status: 'missing', reason: '' }, cutShort: {} },
  );
  return judgement!;
}

const repeat = (count: number, value: (index: number) => number) =>
  Array.from({ length: count }, (_, i) => value(i));

/** 1 to 1,000, every second with some of all sizes. */
const mixed = repeat(1000, (index) => ((index * 37) % 1000) + 1);

describe('judging metrics of the load', () => {
  it('reads each type as k6 does', () => {
    const measured = measureMetrics({
      wait: { type: 'trend', contains: 'time', fault: mixed },
      ok: { type: 'rate', fault: repeat(1000, (index) => (index % 100 === 0 ? 0 : 1)) },
      orders: { type: 'counter', fault: repeat(500, () => 2.5) },
      depth: { type: 'gauge', fault: [4, -2, 9, 7] },
    });
    const cases: [string, string, number][] = [
      ['metric("wait", "p50") <= 600ms', 'pass', 500],
      ['metric("wait", "p95") <= 700ms', 'breach', 950],
      ['metric("wait", "mean") <= 500.5ms', 'pass', 500.5],
      ['metric("wait", "min") >= 1', 'pass', 1],
      ['metric("wait", "max") <= 1s', 'pass', 1000],
      ['metric("wait", "count") >= 1000', 'pass', 1000],
      ['metric("ok") >= 99%', 'pass', 0.99],
      ['metric("ok", "rate") > 99%', 'breach', 0.99],
      ['metric("orders") >= 1250', 'pass', 1250],
      ['metric("orders", "count") > 1250', 'breach', 1250],
      ['metric("orders", "rate") >= 125/s', 'pass', 125],
      ['metric("orders") > 125/s', 'breach', 125],
      ['metric("depth") <= 7', 'pass', 7],
      ['metric("depth", "max") <= 7', 'breach', 9],
      ['metric("depth", "min") >= 0', 'breach', -2],
    ];
    // What is stored is judged the same.
    for (const evidence of [
      measured,
      measurementsFromDocument({ ...measurementsToDocument(measured), windows: measured.windows }),
    ]) {
      for (const [line, outcome, value] of cases) {
        const judgement = judgeOne(line, evidence);
        expect(judgement.outcome, `${line}: ${judgement.reason}`).to.equal(outcome);
        const read = judgement.reading.status === 'measured' ? judgement.reading.value : NaN;
        expect(read, line).to.be.closeTo(value, Math.abs(value) * 0.001 + 1e-9);
      }
    }
  });

  it('gives a percentile an interval, and is undecided where the limit lies in it', () => {
    const measured = measureMetrics({
      wait: { type: 'trend', contains: 'time', fault: mixed },
    });
    const { outcome, interval, reason } = judgeOne('metric("wait", "p95") <= 951ms', measured);
    expect(outcome).to.equal('inconclusive');
    expect(interval!.low).to.be.below(950);
    expect(interval!.high).to.be.above(951);
    expect(reason).to.include('metric("wait", "p95") 950 ms').and.include('not all of its interval is');
    expect(
      judgeOne(
        'metric("wait", "p99") <= 2s',
        measureMetrics({ wait: { type: 'trend', fault: repeat(300, () => 1) } }),
      ).reason,
    ).to.include('needs at least 368 samples');
  });

  it('holds a metric against its own steady phase', () => {
    const measured = measureMetrics({
      wait: {
        type: 'trend',
        steady: repeat(400, (index) => 10 + (index % 10)),
        fault: repeat(400, (index) => 20 + (index % 10)),
      },
      orders: { type: 'counter', steady: repeat(100, () => 1), fault: repeat(80, () => 1) },
    });
    expect(judgeOne('metric("wait", "p50") <= 3x steady', measured).outcome).to.equal('pass');
    expect(judgeOne('metric("wait", "p50") <= steady + 2', measured).outcome).to.equal('breach');
    expect(judgeOne('metric("orders") >= 90% of steady', measured)).to.include({
      outcome: 'breach',
      limit: 90,
    });
  });

  it('holds readings of 0 against each other, of which there is no multiple', () => {
    const handshakes = (steady: number, fault: number) =>
      measureMetrics({
        wait: {
          type: 'trend',
          contains: 'time',
          steady: repeat(400, () => steady),
          fault: repeat(400, () => fault),
        },
      });
    const outcomeOf = (steady: number, fault: number) =>
      judgeOne('metric("wait", "p95") <= 2x steady', handshakes(steady, fault)).outcome;
    expect(outcomeOf(0, 0)).to.equal('pass');
    expect(outcomeOf(5, 0)).to.equal('pass');
    expect(outcomeOf(0, 5)).to.equal('breach');
    const partly = measureMetrics({
      wait: {
        type: 'trend',
        steady: repeat(400, (index) => index % 2),
        fault: repeat(400, (index) => index % 2),
      },
    });
    const { outcome, reason } = judgeOne('metric("wait", "p50") <= 1.5x steady', partly);
    expect(outcome).to.equal('inconclusive');
    expect(reason).to.not.match(/NaN|Infinity/);
  });

  it('holds no sum against that of a phase of another length', () => {
    const orders = {
      orders: { type: 'counter', steady: repeat(300, () => 1), fault: repeat(100, () => 1) },
    } as const;
    const unequal = measureMetrics(orders, { steadyMs: 30_000 });
    const { outcome, reason } = judgeOne('metric("orders") >= 90% of steady', unequal);
    expect(outcome).to.equal('inconclusive');
    expect(reason).to.equal(
      'metric("orders") cannot be judged: it counts what came in 10 s, and its limit relates to 30 s; ask for its "rate"',
    );
    expect(judgeOne('metric("orders", "rate") >= 90% of steady', unequal).outcome).to.equal('pass');
    expect(judgeOne('dropped <= 2x steady', unequal).reason).to.match(/relates to 30 s; give it a number$/);
  });

  it('makes nothing of what cannot be measured', () => {
    const measured = measureMetrics({
      wait: { type: 'trend', fault: [...repeat(500, () => 1), -3, NaN] },
      big: { type: 'trend', fault: [1e300] },
      bytes: { type: 'trend', contains: 'data', fault: repeat(100, () => 5e9) },
    });
    const judgement = judgeOne('metric("wait", "p95") <= 3', measured);
    expect(judgement.outcome).to.equal('inconclusive');
    expect(judgement.reason).to.include('2 of its 502 values cannot be measured: negative');
    expect(judgeOne('metric("wait", "count") >= 502', measured).outcome).to.equal('pass');
    expect(judgeOne('metric("big", "max") <= 3', measured).outcome).to.equal('inconclusive');
    expect(judgeOne('metric("bytes", "p50") <= 4000000000', measured).outcome).to.equal('breach');
  });

  it('says what is missing', () => {
    const measured = measureMetrics({
      wait: { type: 'trend', steady: [1] },
      ok: { type: 'rate', fault: [1] },
      orders: { type: 'counter', steady: [3] },
      depth: { type: 'gauge', fault: [1] },
    });
    const reasonOf = (line: string) => {
      const { outcome, reason } = judgeOne(line, measured);
      expect(outcome, line).to.equal('inconclusive');
      return reason;
    };
    expect(reasonOf('metric("wiat", "p95") < 3')).to.include('no metric "wiat"; did you mean "wait"?');
    expect(reasonOf('metric("wait", "p95"){kind="a"} < 3')).to.include(
      'no metric "wait" with kind="a"; that takes',
    );
    expect(reasonOf('metric("wait", "p95") < 3')).to.include(
      'the load gave no sample of it in the fault phase',
    );
    expect(reasonOf('metric("wait") < 3')).to.include('wait is a Trend; it has "p95" (any percentile)');
    expect(reasonOf('metric("ok", "p95") < 3')).to.include('ok is a Rate, which has no p95');
    expect(reasonOf('metric("orders") >= 99%')).to.include('orders is a Counter; it has "count"');
    expect(reasonOf('metric("depth", "mean") < 3')).to.include('depth is a Gauge, which has no mean');
  });

  it('counts as none what was counted elsewhere, where requests were made', () => {
    const orders: AMetric = { type: 'counter', steady: [3] };
    expect(judgeOne('metric("orders") <= 0', measureMetrics({ orders })).outcome).to.equal('pass');
    expect(
      judgeOne('metric("orders") <= 0', measureMetrics({ orders }, { requests: false })).outcome,
    ).to.equal('inconclusive');
  });
});
