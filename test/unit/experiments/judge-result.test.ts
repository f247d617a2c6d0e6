import { expect } from 'chai';
import { describeCourse } from '../../../src/experiments/describe-course.js';
import { exitCodeOf } from '../../../src/experiments/exit-code.js';
import { judgeAgain } from '../../../src/experiments/judge-result.js';
import type { FaultRecord, Result } from '../../../src/experiments/result-schema.js';
import { anSla } from '../../support/a-plan.js';
import { aHistogram } from '../../support/a-histogram.js';
import { aFault, aResult, aSeries, DELAYED, someMeasurements } from '../../support/a-result.js';

function withInjection(overrides: Partial<FaultRecord['injections'][number]>): FaultRecord {
  const fault = aFault();
  return { ...fault, injections: [{ ...fault.injections[0]!, ...overrides }] };
}

function ran(status: Result['run']['status'], statusReason = 'so it was'): Result['run'] {
  return { ...aResult().run, status, statusReason };
}

describe('exitCodeOf', () => {
  it('follows the verdict of a run that went to its end', () => {
    expect(
      ['pass', 'breach', 'inconclusive'].map((outcome) => exitCodeOf(aResult(), outcome as 'pass')),
    ).to.deep.equal([0, 1, 2]);
  });

  it('is 75 where a fault may be live or something is left, whatever else there was', () => {
    const live = aResult({
      faults: [withInjection({ status: 'unconfirmed' })],
      run: { ...ran('interrupted'), signal: 'SIGINT' },
    });
    expect(exitCodeOf(live, 'breach')).to.equal(75);
    const left = { severity: 'warning' as const, code: 'left', message: 'orders-1', remedy: '' };
    expect(exitCodeOf(aResult({ leftBehind: [left] }), 'pass')).to.equal(75);
  });

  it('names the signal of an interrupted run', () => {
    expect(
      exitCodeOf(aResult({ run: { ...ran('interrupted'), signal: 'SIGINT' } }), 'inconclusive'),
    ).to.equal(130);
    expect(
      exitCodeOf(aResult({ run: { ...ran('interrupted'), signal: 'SIGTERM' } }), 'inconclusive'),
    ).to.equal(143);
  });

  it('is 69 where the services did not start, 2 where they broke down under the fault', () => {
    const run = ran('environment-failed');
    expect(exitCodeOf(aResult({ run, faults: [{ ...aFault(), injections: [] }] }), 'inconclusive')).to.equal(
      69,
    );
    expect(exitCodeOf(aResult({ run }), 'inconclusive')).to.equal(2);
  });
});

describe('describeCourse', () => {
  const courseOf = (shown: Result, sla = anSla({})) => describeCourse(shown, sla);

  it('has nothing to say of a run without incident', () => {
    expect(courseOf(aResult())).to.deep.equal({ doubts: [], caveats: [] });
  });

  it('begins with what ended the run', () => {
    expect(courseOf(aResult({ run: ran('load-failed', 'k6 was killed') })).doubts[0]).to.equal(
      'k6 was killed',
    );
  });

  it('takes a stop condition for a breach', () => {
    const course = courseOf(aResult({ run: ran('stopped', 'errors were over 50 %') }));
    expect(course).to.include({ stopped: 'errors were over 50 %' });
    expect(course.doubts).to.deep.equal([]);
  });

  it('doubts a fault that was not on all its targets', () => {
    const dose = { readings: 30, minCoverage: 0.5, lastDetail: 'on orders-1 alone' };
    const { doubts } = courseOf(aResult({ faults: [{ ...aFault(), dose }] }));
    expect(doubts).to.have.length(1);
    expect(doubts[0]).to.contain('50 %').and.to.contain('on orders-1 alone');
  });

  it('doubts a fault whose dose nobody has read, unless it was in for a moment only', () => {
    const dose = { readings: 0, minCoverage: null, lastDetail: '' };
    expect(courseOf(aResult({ faults: [{ ...aFault(), dose }] })).doubts).to.have.length(1);
    const [injection] = aFault().injections;
    const brief = withInjection({ recoverRequestedAtMs: injection!.injectedAtMs! + 1000 });
    expect(courseOf(aResult({ faults: [{ ...brief, dose }] })).doubts).to.deep.equal([]);
  });

  it('doubts an injection of a later time that failed', () => {
    const fault = withInjection({ status: 'not-injected', injectedAtMs: null, evidence: 'refused' });
    expect(courseOf(aResult({ faults: [fault] })).doubts).to.deep.equal(['delay was not injected: refused']);
  });

  it('doubts a service that fell over by itself before any fault', () => {
    const steady = aResult().windows.find(({ phase }) => phase === 'steady')!;
    const exited = {
      atMs: steady.startMs + 10,
      kind: 'replica-exited',
      message: 'orders-1 exited with code 1',
    };
    expect(courseOf(aResult({ events: [exited] })).doubts[0]).to.contain('orders-1 exited with code 1');
    const later = { ...exited, atMs: steady.endMs + 20_000 };
    expect(courseOf(aResult({ events: [later] })).doubts).to.deep.equal([]);
  });

  it('says that the load was lighter than planned, unless an objective says how much it may be', () => {
    const { measurements } = aResult();
    const result = aResult({
      measurements: measurements.map((one) => (one.phase === 'fault' ? { ...one, dropped: 7 } : one)),
    });
    const said =
      '7 iterations of the fault phase could not start, so that the load was lighter than planned; raise maxVUs';
    expect(courseOf(result).caveats).to.deep.equal([said]);
    expect(courseOf(result, anSla({ fault: ['dropped <= 10'] })).caveats).to.deep.equal([]);
    expect(courseOf(result, anSla({ steady: ['dropped <= 10'] })).caveats).to.deep.equal([said]);
  });

  it('goes by what the run is judged by again, and not by what it was planned with', () => {
    const { measurements, plan } = aResult();
    const lighter = aResult({
      measurements: measurements.map((one) => (one.phase === 'fault' ? { ...one, dropped: 7 } : one)),
    });
    const caveatsOf = (result: Result, objective: string) =>
      judgeAgain(result, anSla({ fault: [objective] })).verdict.caveats.join();
    expect(caveatsOf(lighter, 'dropped <= 10')).not.to.contain('could not start');
    const allowed = { ...plan, sla: { ...plan.sla, fault: ['dropped <= 10'] } };
    expect(caveatsOf({ ...lighter, plan: allowed }, 'errors < 5%')).to.contain('7 iterations of the fault');
  });

  it('keeps what the plan warned of, but for what the judgements say by themselves', () => {
    const warn = (code: string, message: string) =>
      ({ severity: 'warning', code, message, remedy: 'do something' }) as const;
    const { plan } = aResult();
    const findings = [warn('too-few-samples', '40 are expected'), warn('several-series', '3 series')];
    expect(courseOf(aResult({ plan: { ...plan, findings } })).caveats).to.deep.equal(['3 series']);
  });

  it('trusts no number of k6 where the wall clock was set', () => {
    const clock = { uncertaintyMs: 1, maxStepMs: 3000, note: '' };
    expect(courseOf(aResult({ clock })).invalid).to.equal(undefined);
    const generator = { ...aResult().generator, name: 'k6' };
    expect(courseOf(aResult({ clock, generator })).invalid).to.contain('3 s');
  });
});

/** A run whose steady phase got slower from second to second. */
function aDriftingRun(): Result {
  const stored = aResult();
  let second = 0;
  const series = stored.series.map((slice) => {
    if (slice.phase !== 'steady') return slice;
    const ms = 10 + second++;
    return { ...slice, histogram: aHistogram([[0, ms * 0.9], [100, ms]], slice.requests) }; // prettier-ignore
  });
  return { ...stored, series };
}

describe('judgeAgain', () => {
  describe('on a machine that was overloaded', () => {
    const busy = (cpuWait: number, overrides: Partial<Result> = {}, steadyWait = cpuWait): Result =>
      aResult({
        windows: aResult().windows.map((window) => ({
          ...window,
          cpuWait: window.phase === 'steady' ? steadyWait : cpuWait,
        })),
        ...overrides,
      });
    const outcomesOf = (result: Result, limit = '1.10x steady') =>
      judgeAgain(result, anSla({ fault: [`p95 <= ${limit}`, 'p95 <= 100ms', 'p95 <= 350ms'] }));

    it('calls nothing a little worse than the steady phase, and the rest what it is', () => {
      const { judgements, verdict } = outcomesOf(busy(0.97), '15x steady');
      expect(judgements.map(({ outcome }) => outcome)).to.deep.equal(['inconclusive', 'breach', 'pass']);
      const why = 'something waited for a processor in 97 % of the fault phase and 97 % of the steady phase';
      expect(judgements[0]!.reason).to.contain(`, but the machine was too busy to tell: ${why}`);
      expect(verdict.caveats).to.include(`the machine was busy: ${why}; run it again with less beside it.`);
    });

    it('holds neither a busy phase against a quiet one, nor a quiet one against a busy one', () => {
      for (const result of [busy(0.6, {}, 0.2), busy(0.2, {}, 0.6)]) {
        expect(outcomesOf(result, '15x steady').judgements[0]!.outcome).to.equal('inconclusive');
      }
      const { reason } = outcomesOf(busy(0.6, {}, 0.2), '15x steady').judgements[0]!;
      expect(reason).to.match(/in 60 % of the fault phase and 20 % of the steady phase$/);
    });

    it('calls a breach what the machine alone cannot have done: the more, the busier it was', () => {
      const outcomeAt = (cpuWait: number, limit: string) =>
        outcomesOf(busy(cpuWait), limit).judgements[0]!.outcome;
      expect(outcomeAt(0.6, '5x steady')).to.equal('breach');
      expect(outcomeAt(0.97, '5x steady')).to.equal('inconclusive');
      expect(outcomeAt(0.97, '1.1x steady')).to.equal('breach');
      // Of 0 nothing is ten times as much.
      expect(outcomeAt(0.6, 'steady - 100ms')).to.equal('inconclusive');
    });

    it('minds no load that a machine can bear, nor one that the fault makes', () => {
      const breached = ['breach', 'breach', 'pass'];
      const stress = busy(0.97, { faults: [aFault({ kind: 'StressChaos' })] });
      for (const result of [busy(0.4), aResult(), stress]) {
        const { judgements, verdict } = outcomesOf(result);
        expect(judgements.map(({ outcome }) => outcome)).to.deep.equal(breached);
        expect(verdict.caveats.join()).not.to.contain('wait for a processor');
      }
    });
  });

  describe('a service that had not recovered at the end', () => {
    const shape = { ...DELAYED, recovery: DELAYED.fault };
    const sick = aResult({ measurements: someMeasurements(shape), series: aSeries(shape) });
    const steady = ['p95 <= 120ms'];
    const caveatsOf = (result: Result, recovery: readonly string[]) =>
      judgeAgain(result, anSla({ steady, recovery })).verdict.caveats.join();

    it('is said where no objective asks for its recovery', () => {
      expect(caveatsOf(sick, ['errors < 5%'])).to.match(
        /had not recovered 15\.\d+ s after the fault was told to end: p95 was still \d+ ms \(steady: p95 <= 120ms\); to have it judged/,
      );
      expect(caveatsOf(sick, ['recovery <= 10s'])).not.to.contain('had not recovered');
      expect(caveatsOf(aResult(), [])).not.to.contain('had not recovered');
    });

    it('is not said of a phase that was cut short, in which it had no time to', () => {
      const windows = sick.windows.map((window) =>
        window.phase === 'recovery' ? { ...window, endMs: window.startMs + 2000 } : window,
      );
      const run = ran('interrupted', 'interrupted by SIGINT');
      expect(caveatsOf({ ...sick, windows, run }, [])).not.to.contain('had not recovered');
    });
  });

  it('says that the steady phase was drifting', () => {
    const sla = anSla({ fault: ['errors < 1%'] });
    expect(judgeAgain(aResult(), sla).verdict.caveats).to.deep.equal([]);
    expect(judgeAgain(aDriftingRun(), sla).verdict.caveats.join()).to.contain('still drifting: p95 rose');
  });

  it('holds against a drifting steady phase what is clear at its start and at its end', () => {
    const outcomeOf = (objective: string) =>
      judgeAgain(aDriftingRun(), anSla({ fault: [objective] })).judgements[0]!;
    expect(outcomeOf('p95 <= 5x steady').outcome).to.equal('breach');
    expect(outcomeOf('p95 <= 40x steady').outcome).to.equal('pass');
    expect(outcomeOf('p95 <= 15x steady').outcome).to.equal('inconclusive');
    expect(outcomeOf('p95 <= 21x steady').reason).to.match(
      /, but the steady phase was still drifting: p95 rose from/,
    );
    expect(outcomeOf('p95 <= 200ms').outcome).to.equal('breach');
  });
});
