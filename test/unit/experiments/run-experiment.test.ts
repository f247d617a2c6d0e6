import { expect } from 'chai';
import { RESULT_NO_RESPONSE } from '../../../src/bench/sample-batch.js';
import type { Plan } from '../../../src/experiments/plan.js';
import type { RunStep } from '../../../src/experiments/run-observer.js';
import { runExperiment, type RanExperiment } from '../../../src/experiments/run-experiment.js';
import type { RunParts } from '../../../src/experiments/run-phase.js';
import { PlimsollError } from '../../../src/shared/errors.js';
import type { RunEvent } from '../../../src/shared/run-event.js';
import { parseStopCondition } from '../../../src/sla/parse-stop-condition.js';
import { aPlan, aPlannedFault, anSla } from '../../support/a-plan.js';
import { createAutoClock } from '../../support/auto-clock.js';
import { createCountingShelf } from '../../support/counting-shelf.js';
import { createFakeEnvironment, type FakeEnvironmentOptions } from '../../support/fake-environment.js';
import { createFakeGenerator, type FakeLoadOptions } from '../../support/fake-generator.js';
import { createFakeJournal } from '../../support/fake-journal.js';

interface Given {
  readonly plan?: Partial<Plan>;
  readonly environment?: Partial<FakeEnvironmentOptions>;
  readonly load?: Partial<FakeLoadOptions>;
  readonly parts?: Pick<RunParts, 'halt' | 'maxDurationMs' | 'shelf'>;
  /** Called at every event of the run. */
  readonly on?: (event: RunEvent, interrupt: AbortController) => void;
  /** Called at every step. */
  readonly at?: (step: RunStep, interrupt: AbortController) => void;
}

/** Runs a plan against fakes, in no time. */
function run(given: Given = {}) {
  const clock = createAutoClock();
  const environment = createFakeEnvironment({ clock, ...given.environment });
  const generator = createFakeGenerator({ clock, ...given.load });
  const journal = createFakeJournal();
  const interrupt = new AbortController();
  const steps: string[] = [];
  const running = runExperiment(
    aPlan(given.plan),
    {
      clock,
      environment,
      generator,
      journal,
      onEnvironmentEvent: environment.onEvent,
      observer: {
        step: (step) => {
          steps.push(step.kind === 'phase' ? step.phase : step.kind);
          given.at?.(step, interrupt);
        },
        event: (event) => given.on?.(event, interrupt),
        slice: () => undefined,
      },
      ...given.parts,
    },
    interrupt.signal,
  );
  return { clock, environment, generator, journal, steps, running };
}

function lengthsOf({ record }: RanExperiment): Record<string, number> {
  return Object.fromEntries(
    record.windows.map(({ phase, startMs, endMs }) => [phase, Math.round(endMs - startMs)]),
  );
}

/** What every run must leave behind: nothing. */
function expectNothingLeft({ environment, generator }: ReturnType<typeof run>): void {
  expect([...environment.live], 'faults').to.deep.equal([]);
  expect(environment.calls.at(-1)).to.equal('stop');
  expect(generator.stops.length).to.be.lessThanOrEqual(1);
}

describe('runExperiment', () => {
  it('holds a steady state, injects, holds the fault, takes it out and watches the recovery', async () => {
    const made = run();
    const ran = await made.running;
    expect(ran.record.status).to.equal('completed');
    expect(made.steps).to.deep.equal([
      'start', 'warmup', 'steady', 'inject', 'fault', 'recover', 'recovery', 'stop',
    ]); // prettier-ignore
    expect(made.environment.calls).to.deep.equal([
      'start',
      'apply delay',
      'injected delay',
      'recover delay',
      'stop',
    ]);
    expect(made.journal.entries).to.deep.equal(['requested delay', 'recovered delay']);
    expect(lengthsOf(ran)).to.deep.equal({ warmup: 1000, steady: 10_000, fault: 10_000, recovery: 10_000 });
    expectNothingLeft(made);
  });

  it('keeps the time in which the fault comes and goes out of every phase', async () => {
    const made = run({ environment: { injectMs: 700, recoverMs: 400 } });
    const { record } = await made.running;
    const [, steady, fault, recovery] = record.windows;
    const [injection] = record.faults[0]!.injections;
    expect(fault!.startMs - steady!.endMs).to.be.at.least(700);
    expect(fault!.startMs).to.be.at.least(injection!.injectedAtMs!);
    expect(injection!.recoverRequestedAtMs).to.be.at.least(fault!.endMs);
    expect(recovery!.startMs).to.be.at.least(injection!.recoveredAtMs!);
    expect(recovery!.startMs - fault!.endMs).to.be.at.least(400);
  });

  it('measures each phase on its own', async () => {
    let slowFromMs = Infinity;
    let slowUntilMs = Infinity;
    const made = run({
      // Between two looks of the fake generator, so that no request starts in the very moment of a border.
      environment: { injectMs: 75 },
      load: {
        request: (startMs) => ({
          latencyUs: startMs >= slowFromMs && startMs < slowUntilMs ? 205_000 : 5000,
        }),
      },
      on: ({ kind, atMs }) => {
        if (kind === 'fault-injected') slowFromMs = atMs;
        if (kind === 'fault-removal-requested') slowUntilMs = atMs;
      },
    });
    const { measurements } = await made.running;
    expect(measurements.find('steady', '*')?.latency.maxUs).to.equal(5000);
    expect(measurements.find('fault', '*')?.latency.percentileUs(0)).to.be.closeTo(205_000, 210);
    expect(measurements.find('recovery', '*')?.latency.maxUs).to.equal(5000);
    expect(measurements.find('steady', '*')?.requests).to.be.within(998, 1001);
  });

  it('injects nothing where the steady state is not met', async () => {
    const made = run({ load: { request: () => ({ latencyUs: 500_000 }) } });
    const { record } = await made.running;
    expect(record.status).to.equal('steady-state-not-met');
    expect(record.statusReason).to.contain('p95');
    expect(made.environment.calls).to.deep.equal(['start', 'stop']);
    expect(made.journal.entries).to.deep.equal([]);
  });

  it('needs no steady state where there are no objectives for it', async () => {
    const made = run({ plan: { sla: anSla({ fault: ['p95 <= 350ms'] }) } });
    expect((await made.running).record.status).to.equal('completed');
  });

  describe('an injection that fails', () => {
    it('ends the run where the injector refuses', async () => {
      const made = run({
        environment: {
          apply: () => Promise.reject(new PlimsollError('FAULT_NOT_INJECTED', 'the webhook refused')),
        },
      });
      const { record } = await made.running;
      expect(record.status).to.equal('not-injected');
      expect(record.statusReason).to.contain('the webhook refused');
      expect(made.journal.entries).to.deep.equal(['requested delay', 'recovered delay']);
      expectNothingLeft(made);
    });

    it('takes the fault out again where no proof comes in time', async () => {
      const made = run({
        environment: { injected: (_, signal) => new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => { reject(signal.reason as Error); });
        }) },
      }); // prettier-ignore
      const { record } = await made.running;
      expect(record.status).to.equal('not-injected');
      expect(record.statusReason).to.contain('took longer than 30 s');
      expect(record.events.find(({ kind }) => kind === 'fault-not-proven')?.message).to.equal(
        `delay was not proven to be in: ${record.statusReason}`,
      );
      expect(made.environment.calls).to.contain('recover delay');
      expect(record.faults[0]!.injections[0]).to.include({ status: 'not-injected', injectedAtMs: null });
      expectNothingLeft(made);
    });

    it('takes the others out where one of several fails', async () => {
      const made = run({
        plan: { faults: [aPlannedFault(), aPlannedFault({ name: 'second' })] },
        environment: {
          injected: ({ name }) =>
            name === 'second'
              ? Promise.reject(new PlimsollError('FAULT_NOT_INJECTED', 'not seen'))
              : Promise.resolve(),
        },
      });
      expect((await made.running).record.status).to.equal('not-injected');
      expect(made.environment.calls).to.include.members(['recover delay', 'recover second']);
      expectNothingLeft(made);
    });

    it('does not wait for an injector that never answers, and says that the fault may be live', async () => {
      const made = run({ environment: { apply: () => new Promise(() => undefined) } });
      const { record } = await made.running;
      expect(record).to.include({
        status: 'not-recovered',
        statusReason: 'delay could be proven neither to be in nor to be gone',
      });
      expect(record.faults[0]!.injections[0]!.status).to.equal('unconfirmed');
    });
  });

  describe('a recovery that is not proven', () => {
    const unconfirmed = () =>
      Promise.resolve({
        status: 'unconfirmed' as const,
        requestedAtMs: 0,
        reason: 'still held by its finalizer',
        remedy: 'kubectl get it',
      });

    it('is said aloud, and the recovery is not watched', async () => {
      const made = run({ environment: { recover: unconfirmed } });
      const { record } = await made.running;
      expect(record).to.include({ status: 'not-recovered', statusReason: 'delay could not be proven gone' });
      expect(record.faults[0]!.injections[0]!.status).to.equal('unconfirmed');
      expect(record.faults[0]!.injections[0]!.evidence).to.contain('kubectl get it');
      expect(record.events.map(({ kind }) => kind)).to.contain('fault-unconfirmed');
      expect(made.journal.entries).to.deep.equal(['requested delay']);
      expect(made.steps).not.to.contain('recovery');
    });

    it('is not waited for without end', async () => {
      const made = run({ environment: { recover: () => new Promise(() => undefined) } });
      const { record } = await made.running;
      expect(record.faults[0]!.injections[0]!.status).to.equal('unconfirmed');
    });
  });

  describe('an interrupt', () => {
    for (const phase of ['start', 'warmup', 'steady', 'inject', 'fault', 'recover', 'recovery', 'stop']) {
      it(`leaves nothing behind in the step ${phase}`, async () => {
        const made = run({
          at: (step, interrupt) => {
            if ((step.kind === 'phase' ? step.phase : step.kind) === phase) interrupt.abort('SIGTERM');
          },
        });
        const { record } = await made.running;
        expect(record.status).to.equal(phase === 'stop' ? 'completed' : 'interrupted');
        if (phase !== 'stop') expect(record.signal).to.equal('SIGTERM');
        expectNothingLeft(made);
      });
    }
  });

  describe('stop conditions', () => {
    const condition = parseStopCondition('errors > 50% for 2s');
    const stopWhen = condition.ok ? [condition.condition] : [];

    it('end the fault at once, and the recovery is still watched', async () => {
      let broken = false;
      const made = run({
        plan: {
          guards: { minCoverage: 1, stopWhen },
          phasesMs: { warmup: 0, steady: 10_000, fault: 60_000, recovery: 5000 },
        },
        load: { request: () => ({ latencyUs: 5000, result: broken ? RESULT_NO_RESPONSE : 0 }) },
        on: ({ kind }) => {
          if (kind === 'fault-injected') broken = true;
          if (kind === 'fault-recovered') broken = false;
        },
      });
      const ran = await made.running;
      expect(ran.record.status).to.equal('stopped');
      expect(ran.record.statusReason).to.contain('errors');
      expect(lengthsOf(ran).fault).to.be.within(2000, 5000);
      expect(lengthsOf(ran).recovery).to.equal(5000);
      expectNothingLeft(made);
    });
  });

  describe('the halt switch', () => {
    it('ends the fault at once when it is pulled, and the recovery is still watched', async () => {
      let injectedAtMs = Infinity;
      const look = () => {
        const pulled = made.clock.nowMs() >= injectedAtMs + 3000;
        return Promise.resolve(pulled ? 'the file HALT is there' : undefined);
      };
      const made: ReturnType<typeof run> = run({
        plan: { phasesMs: { warmup: 0, steady: 10_000, fault: 60_000, recovery: 5000 } },
        parts: { halt: { everyMs: 500, look } },
        on: ({ kind, atMs }) => {
          if (kind === 'fault-injected') injectedAtMs = atMs;
        },
      });
      const ran = await made.running;
      expect(ran.record).to.include({ status: 'stopped', statusReason: 'the file HALT is there' });
      expect(ran.record.events.map(({ kind }) => kind)).to.contain('halt-switch-pulled');
      expect(lengthsOf(ran).fault).to.be.within(2900, 3600);
      expect(lengthsOf(ran).recovery).to.equal(5000);
      expectNothingLeft(made);
    });

    it('lets nothing be injected where it is pulled before', async () => {
      const look = () => Promise.resolve('the file HALT is there');
      const made = run({ parts: { halt: { everyMs: 500, look } } });
      const { record } = await made.running;
      expect(record.status).to.equal('not-injected');
      expect(record.statusReason).to.equal('the file HALT is there; nothing was injected');
      expect(made.environment.calls).to.deep.equal(['start', 'stop']);
    });

    it('that stays as it is changes nothing', async () => {
      const look = () => Promise.resolve(undefined);
      const { record } = await run({ parts: { halt: { everyMs: 500, look } } }).running;
      expect(record.status).to.equal('completed');
    });
  });

  describe('the longest duration', () => {
    for (const [phase, ms] of [
      ['steady', 5000],
      ['fault', 15_000],
      ['recovery', 25_000],
    ] as const) {
      it(`ends the run in the ${phase} phase, and takes the fault out`, async () => {
        const made = run({ parts: { maxDurationMs: ms } });
        const { record } = await made.running;
        expect(record.status).to.equal('interrupted');
        expect(record.statusReason).to.equal(`the run took longer than its --max-duration of ${ms / 1000} s`);
        expect(record).not.to.have.property('signal');
        expect(record.endedAtMs - record.startedAtMs).to.be.within(ms, ms + 1500);
        expectNothingLeft(made);
      });
    }

    it('lets a run that is over before be', async () => {
      expect((await run({ parts: { maxDurationMs: 60_000 } }).running).record.status).to.equal('completed');
    });
  });

  describe('the load', () => {
    it('ends the run, and the fault, where it fails in mid-run', async () => {
      const outcome = {
        status: 'failed' as const,
        endedAtMs: 0,
        reason: 'k6 was killed',
        remedy: 'look at its log',
      };
      const made = run({ load: { ends: { afterMs: 15_000, outcome } } });
      const { record } = await made.running;
      expect(record.status).to.equal('load-failed');
      expect(record.statusReason).to.contain('k6 was killed').and.to.contain('look at its log');
      expect(made.environment.calls).to.contain('recover delay');
      expectNothingLeft(made);
    });

    it('ends the run where it comes to its own end too early', async () => {
      const outcome = { status: 'ended' as const, how: 'finished' as const, endedAtMs: 0, requests: 1200 };
      const made = run({ load: { ends: { afterMs: 12_000, outcome } } });
      const { record } = await made.running;
      expect(record.status).to.equal('load-failed');
      expect(record.statusReason).to.contain('1,200 requests');
    });

    it('that does not start leaves nothing running', async () => {
      const made = run({ load: { start: () => Promise.reject(new PlimsollError('LOAD_FAILED', 'no k6')) } });
      expect((await made.running).record.status).to.equal('load-failed');
      expect(made.environment.calls).to.deep.equal(['start', 'stop']);
    });
  });

  describe('the environment', () => {
    it('that does not start ends the run', async () => {
      const made = run({
        environment: {
          start: () =>
            Promise.reject(new PlimsollError('NOT_READY', 'orders-1 died', { remedy: 'see its log' })),
        },
      });
      const { record } = await made.running;
      expect(record).to.include({ status: 'environment-failed', statusReason: 'orders-1 died; see its log' });
      expect(record.windows).to.deep.equal([]);
    });

    it('that breaks down in mid-run ends it', async () => {
      const made = run({
        at: (step) => {
          if (step.kind !== 'phase' || step.phase !== 'fault') return;
          made.environment.breakDown({
            severity: 'stop',
            code: 'proxy-died',
            message: 'the fault proxy died',
            remedy: '',
          });
        },
      });
      const { record } = await made.running;
      expect(record).to.include({ status: 'environment-failed', statusReason: 'the fault proxy died' });
      expectNothingLeft(made);
    });

    it('says what it could not stop', async () => {
      const left = {
        severity: 'warning' as const,
        code: 'left',
        message: 'orders-1 is still there',
        remedy: 'kill it',
      };
      const { record } = await run({ environment: { leftBehind: [left] } }).running;
      expect(record.leftBehind).to.deep.equal([left]);
    });
  });

  describe('schedules', () => {
    it('put a fault in later, and take it out before the phase is over', async () => {
      const made = run({ plan: { faults: [aPlannedFault({ schedule: { atMs: 3000, forMs: 2000 } })] } });
      const { record } = await made.running;
      const phase = record.windows.find((window) => window.phase === 'fault')!;
      const [injection] = record.faults[0]!.injections;
      expect(injection!.requestedAtMs - phase.startMs).to.be.closeTo(3000, 100);
      expect(injection!.recoverRequestedAtMs! - phase.startMs).to.be.closeTo(5000, 100);
      expect(phase.endMs - phase.startMs).to.equal(10_000);
    });

    it('put a fault in again and again', async () => {
      const made = run({
        plan: { faults: [aPlannedFault({ schedule: { atMs: 0, forMs: 1000, everyMs: 3000 } })] },
      });
      const { record } = await made.running;
      expect(record.faults[0]!.injections.map(({ status }) => status)).to.deep.equal([
        'recovered', 'recovered', 'recovered', 'recovered',
      ]); // prettier-ignore
      expectNothingLeft(made);
    });

    it('go on with the phase where a later injection fails', async () => {
      const made = run({
        plan: { faults: [aPlannedFault(), aPlannedFault({ name: 'later', schedule: { atMs: 2000 } })] },
        environment: {
          apply: ({ name }) =>
            name === 'later'
              ? Promise.reject(new PlimsollError('FAULT_NOT_INJECTED', 'refused'))
              : Promise.resolve(),
        },
      });
      const { record } = await made.running;
      expect(record.status).to.equal('completed');
      expect(record.faults[1]!.injections[0]).to.include({ status: 'not-injected', evidence: 'refused' });
    });
  });

  it('notes the dose while the fault is in', async () => {
    const { record } = await run({ environment: { coverage: 0.5 } }).running;
    expect(record.faults[0]!.dose.readings).to.be.within(9, 11);
    expect(record.faults[0]!.dose).to.include({ minCoverage: 0.5, lastDetail: 'acting' });
  });

  it('is none the worse for a tape that cannot be written, and says so', async () => {
    const clock = createAutoClock();
    const environment = createFakeEnvironment({ clock });
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const calls: string[] = [];
    const { record } = await runExperiment(
      aPlan(),
      {
        clock,
        environment,
        generator: createFakeGenerator({ clock }),
        journal: createFakeJournal(),
        onEnvironmentEvent: environment.onEvent,
        observer: { step: () => undefined, event: () => undefined, slice: () => undefined },
        tapeFile: {
          path: 'reports/tape.plm',
          sink: {
            border: () => calls.push('border'),
            endpoint: () => calls.push('endpoint'),
            metric: () => calls.push('metric'),
            second: () => calls.push('second'),
            end: () => calls.push('end'),
          },
          close: () => Promise.resolve({ status: 'cut-short', reason: full }),
        },
      },
      new AbortController().signal,
    );
    expect(record.status).to.equal('completed');
    expect(calls[0]).to.equal('border');
    expect(calls.at(-1)).to.equal('end');
    const event = record.events.find(({ kind }) => kind === 'tape-cut-short');
    expect(event?.message).to.include('reports/tape.plm').and.include('the disk is full');
  });

  it('keeps its seconds on the shelf that it is given', async () => {
    const { shelf, texts } = createCountingShelf();
    const { measurements } = await run({ parts: { shelf } }).running;
    const bySlice = measurements.slices.flatMap(({ latency, failedLatency }) =>
      failedLatency === undefined ? [latency.encode()] : [latency.encode(), failedLatency.encode()],
    );
    expect(texts).to.deep.equal(bySlice).and.not.to.be.empty;
  });

  it('notes the largest step of the wall clock', async () => {
    const clock = createAutoClock();
    const environment = createFakeEnvironment({ clock });
    const stepAtMs = clock.nowMs() + 15_000;
    const { record } = await runExperiment(
      aPlan(),
      {
        clock: { ...clock, wallMs: () => clock.nowMs() + (clock.nowMs() > stepAtMs ? 3000 : 0) },
        environment,
        generator: createFakeGenerator({ clock }),
        journal: createFakeJournal(),
        onEnvironmentEvent: environment.onEvent,
        observer: { step: () => undefined, event: () => undefined, slice: () => undefined },
      },
      new AbortController().signal,
    );
    expect(record.maxClockStepMs).to.equal(3000);
  });
});
