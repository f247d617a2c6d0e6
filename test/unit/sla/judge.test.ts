import { expect } from 'chai';
import type { Evidence } from '../../../src/sla/evidence.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import type { JudgedPhase } from '../../../src/sla/objective.js';
import { anObjective } from '../../support/an-sla.js';
import type { RunRequests } from '../../support/measured-run.js';
import { measureRun, repeated, secondsOf } from '../../support/measured-run.js';

const CALM = secondsOf(...repeated(15, { ms: 10 }));
const SLOW = secondsOf(...repeated(15, { ms: 210 }));

function evidenceOf(run: RunRequests, more: Partial<Evidence> = {}): Evidence {
  return {
    measurements: measureRun(run),
    recovery: { status: 'measured', value: 412, unit: 'ms', samples: 1500 },
    cutShort: {},
    ...more,
  };
}

function judgeOne(line: string, evidence: Evidence, phase: JudgedPhase = 'fault', more = {}): Judgement {
  const sla = { steady: [], fault: [], recovery: [], [phase]: [anObjective(line, phase, more)] };
  const [judgement] = judge(sla, evidence);
  if (judgement === undefined) throw new Error('nothing was judged');
  return judgement;
}

const RUN: RunRequests = { steady: CALM, fault: SLOW, recovery: CALM };

describe('judge', () => {
  it('says what was read, against which limit, and whether it held', () => {
    const evidence = evidenceOf({ ...RUN, fault: secondsOf(...repeated(15, { ms: 210, fail: 7 })) });
    const cases: [string, string, string][] = [
      [
        'p95 <= 350ms',
        'pass',
        'p95 210 ms is within the limit of 350 ms; 7 % of the requests in this p95 failed',
      ],
      [
        'p95 <= 200ms',
        'breach',
        'p95 210 ms is over the limit of 200 ms; 7 % of the requests in this p95 failed',
      ],
      ['errors <= 7%', 'pass', 'errors 7 % are within the limit of 7 %'],
      ['errors < 7%', 'breach', 'errors 7 % are at, and not below, the limit of 7 %'],
      ['errors < 1%', 'breach', 'errors 7 % are over the limit of 1 %'],
      ['availability >= 93%', 'pass', 'availability 93 % is not under the limit of 93 %'],
      ['availability > 99%', 'breach', 'availability 93 % is under the limit of 99 %'],
      ['rate >= 95/s', 'pass', 'rate 100/s is not under the limit of 95/s'],
      ['dropped <= 0', 'pass', '0 iterations could not start, within the limit of 0'],
    ];
    for (const [line, outcome, reason] of cases) {
      expect(judgeOne(line, evidence), line).to.include({ outcome, reason, objective: line });
    }
  });

  it('counts failed requests as it is told, and says so', () => {
    const evidence = evidenceOf({ ...RUN, fault: secondsOf(...repeated(15, { ms: 210, fail: 7 })) });
    const said = (line: string, failures: 'slowest' | 'left-out', more = {}) => {
      const { outcome, reason } = judgeOne(line, evidence, 'fault', { failures, ...more });
      return `${outcome}: ${reason}`;
    };
    expect(said('p90 <= 350ms', 'slowest')).to.equal(
      'pass: p90 210 ms is within the limit of 350 ms; the 105 failed requests are counted as the slowest',
    );
    expect(said('p95 <= 350ms', 'slowest')).to.equal(
      'breach: p95 ∞ is over the limit of 350 ms; the 105 failed requests are counted as the slowest',
    );
    expect(said('p95 <= 350ms', 'left-out')).to.equal(
      'pass: p95 210 ms is within the limit of 350 ms; the 105 failed requests are left out',
    );
    expect(said('mean <= 100h', 'slowest')).to.match(/^breach: mean ∞ is over the limit/);
    const calm = judgeOne('p95 <= 350ms', evidenceOf(RUN), 'fault', { failures: 'slowest' });
    expect(calm.reason).to.match(/; failed requests would be counted as the slowest, there were none$/);
    const all = evidenceOf({ ...RUN, fault: secondsOf(...repeated(15, { ms: 9, fail: 100 })) });
    expect(judgeOne('p95 <= 350ms', all, 'fault', { failures: 'left-out' })).to.include({
      outcome: 'inconclusive',
      reason:
        'p95 was not measured: all 1,500 requests in the fault phase failed, and failed ones are left out',
    });
  });

  it('relates no limit to a failed request', () => {
    const steady = secondsOf(...repeated(15, { ms: 10, fail: 20 }));
    const judged = judgeOne('p95 <= 3x steady', evidenceOf({ ...RUN, steady }), 'fault', {
      failures: 'slowest',
    });
    expect(judged).to.include({
      outcome: 'inconclusive',
      reason:
        'p95 cannot be judged: its limit relates to the steady phase, where it is that of a failed request',
    });
  });

  it('says how long recovery took, or that it was not seen', () => {
    const took = judgeOne('recovery <= 15s', evidenceOf(RUN), 'recovery');
    expect(took).to.include({ outcome: 'pass', reason: 'recovery took 412 ms, within the limit of 15 s' });
    const never = {
      status: 'at-least',
      value: 15_200,
      unit: 'ms',
      samples: 1500,
      still: 'errors were still 9 %',
    } as const;
    const evidence = evidenceOf(RUN, { recovery: never });
    expect(judgeOne('recovery <= 15s', evidence, 'recovery')).to.include({
      outcome: 'breach',
      reason:
        'the service had not recovered 15.2 s after the fault was told to end, over the limit of 15 s: errors were still 9 %',
    });
    expect(judgeOne('recovery <= 30s', evidence, 'recovery')).to.include({
      outcome: 'inconclusive',
      reason:
        'the service had not recovered 15.2 s after the fault was told to end: errors were still 9 %; the recovery phase was too short to hold it against the limit of 30 s',
    });
  });

  it('relates a limit to the steady phase', () => {
    const evidence = evidenceOf(RUN);
    expect(judgeOne('p95 <= 3x steady', evidence)).to.include({ outcome: 'breach' });
    expect(judgeOne('p95 <= 3x steady', evidence).reason).to.equal(
      'p95 210 ms is over the limit of 30 ms (3x steady)',
    );
    expect(judgeOne('p95 <= steady + 250ms', evidence)).to.include({ outcome: 'pass' });
  });

  it('relates a limit to the same phase of the baseline', () => {
    const baseline = measureRun({ ...RUN, fault: secondsOf(...repeated(15, { ms: 200 })) });
    const evidence = evidenceOf(RUN, { baseline });
    expect(judgeOne('p95 <= 110% of baseline', evidence)).to.include({ outcome: 'pass' });
    expect(judgeOne('p95 <= 104% of baseline', evidence)).to.include({ outcome: 'breach' });
  });

  it('is inconclusive where there is nothing to relate to', () => {
    expect(judgeOne('p95 <= 2x baseline', evidenceOf(RUN))).to.include({
      outcome: 'inconclusive',
      reason: 'p95 cannot be judged: its limit relates to a baseline, and none was given (--baseline RUN)',
    });
    const unmeasured = evidenceOf({ fault: SLOW });
    expect(judgeOne('p95 <= 2x steady', unmeasured).reason).to.equal(
      'p95 cannot be judged: its limit relates to the steady phase, which has no such reading: the steady phase was never reached',
    );
  });

  it('is inconclusive where a percentile has too few samples, on either side of the comparison', () => {
    const few = SLOW.slice(0, 120);
    expect(judgeOne('p99 <= 1ms', evidenceOf({ ...RUN, fault: few }))).to.include({
      outcome: 'inconclusive',
      reason:
        'p99 needs at least 368 samples, the fault phase has 120: make it longer, raise the rate, or ask for a lower percentile',
    });
    expect(judgeOne('p99 <= 300x steady', evidenceOf({ ...RUN, steady: few }))).to.include({
      outcome: 'inconclusive',
      reason: 'p99 needs at least 368 samples, the steady phase that its limit relates to has 120',
    });
    expect(judgeOne('p95 <= 1s', evidenceOf({ ...RUN, fault: few })).outcome).to.equal('pass');
  });

  it('asks for as many samples as the objective does', () => {
    const few = evidenceOf({ ...RUN, fault: SLOW.slice(0, 120) });
    expect(judgeOne('p99 <= 1s', few, 'fault', { minSamples: 100 }).outcome).to.equal('pass');
    expect(judgeOne('mean <= 1s', few, 'fault', { minSamples: 2000 }).reason).to.equal(
      'mean needs at least 2,000 samples, the fault phase has 120: make it longer, raise the rate, or ask for less by minSamples',
    );
  });

  it('is inconclusive where nothing was measured, whatever is asked', () => {
    const empty = evidenceOf(
      { steady: CALM, fault: [] },
      { recovery: { status: 'missing', reason: 'none' } },
    );
    for (const line of [
      'p95 <= 1h',
      'errors < 100%',
      'rate >= 0/s',
      'dropped <= 5',
      'max <= 1h',
      'mean <= 1h',
    ]) {
      expect(judgeOne(line, empty).outcome, line).to.equal('inconclusive');
    }
    expect(judgeOne('errors < 1%', empty).reason).to.equal(
      'errors were not measured: no request was made in the fault phase',
    );
    expect(judgeOne('recovery <= 1h', empty, 'recovery').outcome).to.equal('inconclusive');
  });

  it('is inconclusive where a phase was never reached, and says why', () => {
    const cutShort = { fault: 'the steady state was not met' };
    expect(judgeOne('errors < 1%', evidenceOf({ steady: CALM }, { cutShort })).reason).to.equal(
      'errors were not measured: the steady state was not met',
    );
    expect(judgeOne('errors < 1%', evidenceOf({ steady: CALM })).reason).to.equal(
      'errors were not measured: the fault phase was never reached',
    );
  });

  it('counts a dropped iteration although no request was made', () => {
    const evidence = evidenceOf({ ...RUN, fault: [], dropped: { fault: 7 } });
    expect(judgeOne('dropped <= 0', evidence)).to.include({
      outcome: 'breach',
      reason: '7 iterations could not start, over the limit of 0',
    });
  });

  it('trusts no latency that may be too low since iterations were dropped', () => {
    const evidence = evidenceOf({ ...RUN, dropped: { fault: 184 } });
    for (const line of ['p95 <= 350ms', 'mean <= 350ms', 'max <= 350ms', 'p50 >= 1s']) {
      expect(judgeOne(line, evidence).outcome, line).to.equal('inconclusive');
    }
    expect(judgeOne('p95 <= 350ms', evidence).reason).to.equal(
      'p95 210 ms is within the limit of 350 ms, but 184 iterations could not start, so that it may be higher',
    );
    expect(judgeOne('p95 <= 100ms', evidence).outcome).to.equal('breach');
    expect(judgeOne('errors < 1%', evidence).outcome).to.equal('pass');
  });

  it('takes dropped iterations as expected where the phase has a limit for them', () => {
    const evidence = evidenceOf({ ...RUN, dropped: { fault: 184 } });
    const sla = {
      steady: [],
      fault: [anObjective('p95 <= 350ms'), anObjective('dropped <= 200')],
      recovery: [],
    };
    expect(judge(sla, evidence).map(({ outcome }) => outcome)).to.deep.equal(['pass', 'pass']);
  });

  it('never calls a steady phase a breach, since there was no fault', () => {
    expect(judgeOne('p95 <= 5ms', evidenceOf(RUN), 'steady')).to.include({
      outcome: 'inconclusive',
      reason: 'p95 10 ms is over the limit of 5 ms before any fault',
    });
  });

  it('keeps a breach of a phase that was cut short, and takes back a pass', () => {
    const evidence = evidenceOf(RUN, { cutShort: { fault: 'the load generator ended' } });
    expect(judgeOne('p95 <= 100ms', evidence).outcome).to.equal('breach');
    expect(judgeOne('p95 <= 350ms', evidence)).to.include({
      outcome: 'inconclusive',
      reason:
        'p95 210 ms is within the limit of 350 ms, but the fault phase was cut short: the load generator ended',
    });
  });

  it('reads one endpoint, and knows a mistyped one', () => {
    const orders = { ms: 40, endpoint: 'POST /orders' };
    const fault = [...SLOW, ...secondsOf(...repeated(15, orders))];
    const evidence = evidenceOf({ ...RUN, fault });
    expect(judgeOne('p95{name="POST /orders"} <= 50ms', evidence)).to.include({
      outcome: 'pass',
      reason: 'POST /orders p95 40 ms is within the limit of 50 ms',
    });
    expect(judgeOne('p95{name="POST /order"} <= 50ms', evidence)).to.include({
      outcome: 'inconclusive',
      reason:
        'POST /order p95 was not measured: the load has no endpoint "POST /order"; did you mean "POST /orders"?',
    });
    expect(judgeOne('p95{name="x"} <= 50ms', evidence).reason).to.contain(
      'there are "GET /", "POST /orders"',
    );
  });

  it('counts requests that outlived the fault window, and says where that decides', () => {
    const hung = Array.from({ length: 120 }, (_, index) => ({
      atMs: 14_000 + index,
      ms: 10_000,
      failed: true,
    }));
    const judgement = judgeOne('p95 <= 350ms', evidenceOf({ ...RUN, fault: [...SLOW, ...hung] }));
    expect(judgement).to.include({
      outcome: 'breach',
      caveat:
        '140 requests outlived the fault window; without them the p95 would be 210 ms and its outcome pass.',
    });
    const outlast = judgeOne('errors < 50%', evidenceOf({ ...RUN, fault: [...SLOW, ...hung] }));
    expect(outlast).not.to.have.property('caveat');
  });

  it('says that without the requests that outlived the window there would be nothing', () => {
    const hung = repeated(80, { atMs: 3000, ms: 30_000, failed: true });
    expect(judgeOne('p95 <= 350ms', evidenceOf({ ...RUN, fault: hung }))).to.include({
      outcome: 'breach',
      caveat: '80 requests outlived the fault window; without them nothing would have been measured.',
    });
  });

  it('breaches, or passes, only where the whole interval does', () => {
    // 4 or 8 slow requests in a hundred, from second to second: the p95 is near to where they begin.
    const fault = secondsOf(
      ...repeated(15, 0).map((_, second) => ({ ms: 210, slow: second % 2 === 0 ? 4 : 8 })),
    );
    const evidence = evidenceOf({ ...RUN, fault });
    const near = judgeOne('p95 <= 350ms', evidence);
    expect(near).to.deep.include({
      outcome: 'inconclusive',
      reason:
        'p95 400 ms (95 % interval 210 to 400 ms) is over the limit of 350 ms, but not all of its interval is',
      interval: { low: 210_047, high: 400_000, confidence: 0.95 },
    });
    expect(judgeOne('p95 <= 450ms', evidence)).to.include({
      outcome: 'pass',
      reason: 'p95 400 ms (95 % interval 210 to 400 ms) is within the limit of 450 ms',
    });
    expect(judgeOne('p95 <= 200ms', evidence).outcome).to.equal('breach');
    expect(judgeOne('p95 >= 200ms', evidence).outcome).to.equal('pass');
    expect(judgeOne('p95 >= 300ms', evidence).outcome).to.equal('inconclusive');
    const point = judgeOne('p95 <= 350ms', evidence, 'fault', { confidence: 'point' });
    expect(point).to.include({ outcome: 'breach', reason: 'p95 400 ms is over the limit of 350 ms' });
    expect(point).not.to.have.property('interval');
  });

  it('compares the steady phase plainly, and shares, rates and counts everywhere', () => {
    const uneven = secondsOf(
      ...repeated(15, 0).map((_, second) => ({ ms: 210, slow: second % 2 === 0 ? 4 : 8 })),
    );
    const evidence = evidenceOf({ ...RUN, steady: uneven });
    expect(judgeOne('p95 <= 450ms', evidence, 'steady')).not.to.have.property('interval');
    for (const line of ['errors < 1%', 'availability >= 99%', 'rate >= 95/s', 'dropped <= 0', 'max <= 1s']) {
      expect(judgeOne(line, evidence), line).not.to.have.property('interval');
    }
  });

  it('relates with the uncertainty of both windows', () => {
    const shapes = (ms: number) => repeated(15, 0).map((_, second) => ({ ms: ms + (second % 5) }));
    const evidence = evidenceOf({
      ...RUN,
      steady: secondsOf(...shapes(100)),
      fault: secondsOf(...shapes(200)),
    });
    const near = judgeOne('p50 <= 198% of steady', evidence);
    expect(near.outcome).to.equal('inconclusive');
    expect(near.reason).to.match(
      /^p50 202.1 ms \(95 % interval \d+ to \d+ ms\) is over the limit of 202 ms \(1.98x steady\), but not all/,
    );
    expect(judgeOne('p50 <= 1.8x steady', evidence).outcome).to.equal('breach');
    expect(judgeOne('p50 <= 2.2x steady', evidence).outcome).to.equal('pass');
    expect(judgeOne('p50 <= steady + 90ms', evidence).outcome).to.equal('breach');
    expect(judgeOne('p50{name="GET /"} <= 1.8x steady', evidence)).to.deep.nested.include({
      outcome: 'breach',
      'interval.confidence': 0.95,
    });
  });

  it('draws the same numbers for the same seed', () => {
    const jitter = (ms: number) => repeated(15, 0).map((_, second) => ({ ms: ms + ((second * 7) % 11) }));
    const run = { steady: secondsOf(...jitter(100)), fault: secondsOf(...jitter(200)) };
    const draw = (seed: string) => judgeOne('p95 <= 3x steady', evidenceOf(run, { seed }));
    expect(draw('a run')).to.deep.equal(draw('a run'));
  });

  it('does not lose a breach since all hanging requests end together', () => {
    const hanging = SLOW.map((request, index) =>
      index % 4 === 0 ? { ...request, ms: 15_500 - request.atMs, failed: true } : request,
    );
    expect(judgeOne('p95 <= 350ms', evidenceOf({ ...RUN, fault: hanging })).outcome).to.equal('breach');
  });

  it('says why no request of a phase counts', () => {
    const steady = repeated(3, { atMs: 14_999, ms: 500 });
    expect(judgeOne('errors < 1%', evidenceOf({ ...RUN, steady }), 'steady').reason).to.equal(
      'errors were not measured: all 3 requests reached out of the steady phase, where a fault may have touched them',
    );
  });
});
