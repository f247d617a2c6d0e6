import { expect } from 'chai';
import fc from 'fast-check';
import type { RecoveryEvidence } from '../../../src/sla/find-recovery.js';
import { findRecovery } from '../../../src/sla/find-recovery.js';
import type { Reading } from '../../../src/sla/judgement.js';
import { anObjective } from '../../support/an-sla.js';
import type { RunRequest } from '../../support/measured-run.js';
import { measureRun, repeated, RUN_WINDOWS, secondsOf } from '../../support/measured-run.js';

const GOOD = { ms: 10 };
const BAD = { ms: 10, slow: 40 };
const DOWN = { ms: 10, fail: 100 };
/** Between the request to take the fault out and the proof that it is gone. */
const GONE_AFTER_MS = 200;

const window = RUN_WINDOWS.find(({ phase }) => phase === 'recovery')!;

const STEADY = measureRun({ steady: secondsOf(...repeated(15, GOOD)) });

function recover(
  recovery: readonly RunRequest[],
  lines: readonly string[] = ['p99 <= 120ms', 'errors < 0.1%'],
  more: Partial<RecoveryEvidence> & { readonly fault?: readonly RunRequest[] } = {},
): Reading {
  const { fault = [], ...overrides } = more;
  const measurements = measureRun({ fault, recovery });
  return findRecovery({
    steady: lines.map((line) => anObjective(line, 'steady')),
    slices: measurements.slices,
    requestedAtMs: window.startMs - GONE_AFTER_MS,
    windowStartMs: window.startMs,
    windowEndMs: window.endMs,
    steadyMeasurements: STEADY,
    ...overrides,
  });
}

function measured(ms: number, samples = 1500): Reading {
  return { status: 'measured', value: ms, unit: 'ms', samples };
}

describe('findRecovery', () => {
  it('takes the proof that the fault is gone where everything holds from then on', () => {
    expect(recover(secondsOf(...repeated(15, GOOD)))).to.deep.equal(measured(200));
  });

  it('ends with the last second that misses', () => {
    for (const bad of [BAD, DOWN, { ms: 10, fail: 4 }]) {
      const seconds = [...repeated(4, bad), ...repeated(11, GOOD)];
      expect(recover(secondsOf(...seconds)), JSON.stringify(bad)).to.deep.equal(measured(4200));
    }
  });

  it('counts a slow request to the second in which it ends', () => {
    const seconds = [...repeated(4, { ms: 300 }), ...repeated(11, GOOD)];
    expect(recover(secondsOf(...seconds))).to.deep.equal(measured(5200));
  });

  it('does not take fast failures for a recovery where they count as the slowest', () => {
    const seconds = secondsOf(...repeated(4, { ms: 10, fail: 60 }), ...repeated(11, GOOD));
    const steady = [anObjective('p95 <= 120ms', 'steady')];
    expect(recover(seconds, [], { steady })).to.deep.equal(measured(200));
    const slowest = steady.map((objective) => ({ ...objective, failures: 'slowest' as const }));
    expect(recover(seconds, [], { steady: slowest })).to.deep.equal(measured(4200));
    const leftOut = steady.map((objective) => ({ ...objective, failures: 'left-out' as const }));
    expect(recover(seconds, [], { steady: leftOut })).to.deep.equal(measured(200));
  });

  it('begins anew after a relapse', () => {
    const seconds = [...repeated(8, GOOD), DOWN, ...repeated(6, GOOD)];
    expect(recover(secondsOf(...seconds))).to.deep.equal(measured(9200));
  });

  it('is not undone by one outlier, wherever it is', () => {
    for (let second = 0; second < 15; second++) {
      for (const outlier of [
        { ms: 10, slow: 1 },
        { ms: 10, fail: 1 },
      ]) {
        const seconds = repeated<{ ms: number; slow?: number; fail?: number }>(15, GOOD);
        seconds[second] = outlier;
        expect(recover(secondsOf(...seconds)), `second ${second}`).to.deep.equal(measured(200));
      }
    }
  });

  it('leaves out the last failures of the fault, few as they are', () => {
    const seconds = [DOWN, { ms: 10, fail: 2 }, ...repeated(13, GOOD)];
    expect(recover(secondsOf(...seconds))).to.deep.equal(measured(2200));
  });

  it('reads a lower bound where the phase ended before', () => {
    const never = recover(secondsOf(...repeated(15, BAD)));
    const still = 'p99 was still 400 ms (steady: p99 <= 120ms)';
    expect(never).to.deep.equal({ status: 'at-least', value: 15_200, unit: 'ms', samples: 1500, still });
  });

  it('says what stood in the way at last, and not what did before', () => {
    const failing = { ms: 10, fail: 30 };
    const still = (...seconds: (typeof BAD | typeof failing)[]) => {
      const reading = recover(secondsOf(...seconds), ['p99 <= 120ms', 'errors < 1%']);
      return reading.status === 'at-least' ? reading.still : reading.status;
    };
    expect(still(...repeated(8, BAD), ...repeated(7, failing))).to.equal(
      'errors were still 30 % (steady: errors < 1%)',
    );
    expect(still(...repeated(8, failing), ...repeated(7, BAD))).to.match(/^p99 was still 400 ms/);
  });

  it('does not say that it stays where there is too little left to see that', () => {
    const seconds = [...repeated(13, BAD), ...repeated(2, GOOD)];
    expect(recover(secondsOf(...seconds))).to.deep.include({ status: 'at-least', value: 13_200 });
  });

  it('does not take silence for a service that holds', () => {
    const silent = secondsOf(...repeated(2, GOOD));
    expect(recover(silent)).to.deep.include({ status: 'at-least', value: 15_200 });
    const nothing = { status: 'at-least', value: 15_200, samples: 0, still: 'no request ended any more' };
    expect(recover([])).to.deep.include(nothing);
    const pause = secondsOf(...repeated(15, GOOD)).filter(({ atMs }) => atMs < 2000 || atMs >= 9000);
    expect(recover(pause)).to.deep.include({ status: 'measured', value: 5200 });
  });

  it('takes slow seconds with few requests for what they are', () => {
    const few = repeated(15, 0).map((_, second) => ({ atMs: second * 1000, ms: second < 5 ? 800 : 10 }));
    expect(recover(few)).to.deep.equal(measured(5200, 15));
    expect(recover(few.slice(0, 9), undefined, { steadyMeasurements: measureRun({}) })).to.deep.equal({
      status: 'missing',
      reason: '9 requests are too few to tell; it takes 10',
    });
  });

  it('does not count requests of the fault phase that end in the recovery window', () => {
    const fault = repeated(300, { atMs: 14_000, ms: 8000, failed: true });
    expect(recover(secondsOf(...repeated(15, GOOD)), undefined, { fault })).to.deep.equal(measured(200));
  });

  it('decides nothing where the objectives are neither held nor clearly missed', () => {
    const near = repeated(15, { ms: 10, slow: 2 });
    expect(recover(secondsOf(...near))).to.deep.equal({
      status: 'missing',
      reason: 'from 200 ms on the steady objectives were near their limits, neither held nor clearly missed',
    });
  });

  it('reads every indicator that seconds have', () => {
    const seconds = secondsOf(...repeated(3, { ms: 300, fail: 50 }), ...repeated(12, GOOD));
    for (const line of [
      'mean <= 90ms',
      'p50 <= 20ms',
      'max <= 200ms',
      'availability >= 99%',
      'errors <= 1%',
    ]) {
      expect(recover(seconds, [line]).status, line).to.equal('measured');
      expect(recover(seconds, [line]), line)
        .to.have.property('value')
        .within(1200, 4200);
      expect(recover(secondsOf(...repeated(15, { ms: 300, fail: 50 })), [line]).status, line).to.equal(
        'at-least',
      );
    }
    const slow = secondsOf(...repeated(15, GOOD)).filter(
      ({ atMs }, index) => atMs >= 5000 || index % 2 === 0,
    );
    expect(recover(slow, ['rate >= 95/s']))
      .to.have.property('value')
      .within(2200, 5200);
  });

  it('leaves out objectives that seconds cannot have, and says so where none is left', () => {
    const seconds = secondsOf(...repeated(15, GOOD));
    expect(recover(seconds, ['p95{name="GET /"} <= 1ms', 'p95 <= 120ms'])).to.deep.equal(measured(200));
    expect(recover(seconds, ['p95{name="GET /"} <= 1s']).status).to.equal('missing');
    expect(recover(seconds, ['p95 <= 2x baseline']))
      .to.have.property('reason')
      .contain('second by second');
    expect(recover(seconds, [])).to.deep.equal({
      status: 'missing',
      reason: 'there is no steady objective that could hold again',
    });
  });

  it('relates to the baseline', () => {
    const seconds = secondsOf(...repeated(5, { ms: 40 }), ...repeated(10, GOOD));
    const baseline = measureRun({ steady: secondsOf(...repeated(15, GOOD)) });
    expect(recover(seconds, ['p95 <= 2x baseline'], { baseline })).to.deep.equal(measured(5200));
  });

  it('never reads a sooner recovery where a second is worse', () => {
    const shape = fc.record({ ms: fc.constantFrom<number>(10, 300), slow: fc.nat(30), fail: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 15, maxLength: 15 }), fc.nat(14), (seconds, index) => {
        const before = recover(secondsOf(...seconds));
        const worse = seconds.with(index, { ...seconds[index]!, fail: 100 });
        const after = recover(secondsOf(...worse));
        if (before.status === 'missing' || after.status === 'missing') return;
        expect(after.value).to.be.at.least(before.value);
        if (before.status === 'at-least') expect(after.status).to.equal('at-least');
      }),
      { numRuns: 30 },
    );
  });
});
