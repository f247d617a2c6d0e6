import { expect } from 'chai';
import { buildResult } from '../../../src/experiments/build-result.js';
import { judgeResult } from '../../../src/experiments/judge-result.js';
import type { Plan } from '../../../src/experiments/plan.js';
import type { RunStep } from '../../../src/experiments/run-observer.js';
import { type RanExperiment, runExperiment } from '../../../src/experiments/run-experiment.js';
import { countTrials, errorShareOf } from '../../../src/experiments/trials.js';
import type { RunEvent } from '../../../src/shared/run-event.js';
import { parseStopCondition } from '../../../src/sla/parse-stop-condition.js';
import { aPlan, anSla } from '../../support/a-plan.js';
import { createAutoClock } from '../../support/auto-clock.js';
import { createFakeEnvironment } from '../../support/fake-environment.js';
import { createFakeGenerator } from '../../support/fake-generator.js';
import { createFakeJournal } from '../../support/fake-journal.js';

interface Given {
  readonly plan?: Partial<Plan>;
  readonly latencyUs?: () => number;
  readonly on?: (event: RunEvent) => void;
  readonly at?: (step: RunStep, interrupt: AbortController) => void;
}

/** Phases of 10 s, and an objective that never has the samples it asks for: no look decides anything. */
function run({ plan, latencyUs = () => 5000, on, at }: Given = {}) {
  const clock = createAutoClock();
  const environment = createFakeEnvironment({ clock });
  const generator = createFakeGenerator({ clock, request: () => ({ latencyUs: latencyUs() }) });
  const interrupt = new AbortController();
  const steps: string[] = [];
  const running = runExperiment(
    aPlan({ trials: 3, sla: UNDECIDED, ...plan }),
    {
      clock,
      environment,
      generator,
      journal: createFakeJournal(),
      onEnvironmentEvent: environment.onEvent,
      observer: {
        step: (step) => {
          steps.push(step.kind === 'phase' ? step.phase : step.kind);
          at?.(step, interrupt);
        },
        event: (event) => on?.(event),
        slice: () => undefined,
      },
    },
    interrupt.signal,
  );
  return { environment, steps, running };
}

const sane = anSla({ steady: ['p95 <= 120ms'], fault: ['p95 <= 350ms'], recovery: ['recovery <= 5s'] });
const UNDECIDED = { ...sane, fault: sane.fault.map((objective) => ({ ...objective, minSamples: 1e6 })) };
const VERSIONS = { plimsoll: '0', node: '0', platform: 'linux-x64', cpus: 2 };

function judged(ran: RanExperiment, plan: Partial<Plan> = {}) {
  const whole = aPlan({ trials: 3, sla: UNDECIDED, ...plan });
  return judgeResult(buildResult(whole, ran.record, ran.measurements, VERSIONS), whole.sla, {
    measurements: ran.measurements,
  });
}

function kindsOf({ record }: RanExperiment): readonly string[] {
  return record.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('trials-'));
}

describe('trials', () => {
  it('are run one after the other, every second one the other way round', async () => {
    const made = run();
    const ran = await made.running;
    expect(ran.record.status).to.equal('completed');
    expect(made.steps).to.deep.equal([
      'start', 'warmup',
      'trial', 'steady', 'inject', 'fault', 'recover', 'recovery',
      'trial', 'inject', 'fault', 'recover', 'recovery', 'steady',
      'trial', 'steady', 'inject', 'fault', 'recover', 'recovery',
      'stop',
    ]); // prettier-ignore
    expect(ran.record.faults[0]!.injections.map(({ status }) => status)).to.deep.equal([
      'recovered',
      'recovered',
      'recovered',
    ]);
    expect(kindsOf(ran)).to.deep.equal(['trials-go-on', 'trials-go-on']);
    const { windows } = ran.record;
    const second = (phase: 'steady' | 'fault') => windows.filter((window) => window.phase === phase)[1]!;
    expect(second('fault').endMs).to.be.at.most(second('steady').startMs);
    expect(made.environment.calls.filter((call) => call === 'recover delay')).to.have.length(3);
  });

  it('are measured and judged together, and shown one by one', async () => {
    let slow = false;
    const { running } = run({
      latencyUs: () => (slow ? 205_000 : 5000),
      on: ({ kind }) => {
        if (kind === 'fault-injected') slow = true;
        if (kind === 'fault-removal-requested') slow = false;
      },
    });
    const ran = await running;
    const requests = ran.measurements.find('fault', '*')!.requests;
    expect(requests).to.be.within(2900, 3010);
    const { trials, judgements, plan } = judged(ran);
    expect(plan.trials).to.equal(3);
    expect(trials!.map(({ faultFirst }) => faultFirst)).to.deep.equal([false, true, false]);
    expect(trials!.reduce((sum, { fault }) => sum + fault.requests, 0)).to.equal(requests);
    for (const { steady, fault } of trials!) {
      expect(steady.p95Ms).to.be.closeTo(5, 0.1);
      expect(fault.p95Ms).to.be.closeTo(205, 1);
    }
    expect(judgements.find(({ phase }) => phase === 'fault')!.reason).to.contain('1,000,000 samples');
  });

  it('end as soon as every objective is clear', async () => {
    const ran = await run({ plan: { sla: sane } }).running;
    expect(kindsOf(ran)).to.deep.equal(['trials-decided']);
    expect(countTrials(ran.record.windows)).to.equal(1);
    const { verdict, judgements } = judged(ran, { sla: sane });
    expect(verdict.outcome).to.equal('pass');
    // The first of three looks may spend 45 % of the error of 5 %.
    expect(judgements.find(({ interval }) => interval !== undefined)!.interval!.confidence).to.be.closeTo(
      1 - 0.05 * 0.4528,
      1e-4,
    );
  });

  it('end as soon as one objective is clearly breached', async () => {
    const { fault } = anSla({ fault: ['p95 <= 1ms', 'p95 <= 350ms'] });
    const sla = { ...UNDECIDED, fault: [...UNDECIDED.fault, ...fault] };
    const ran = await run({ plan: { sla } }).running;
    expect(kindsOf(ran)).to.deep.equal(['trials-decided']);
    expect(judged(ran, { sla }).verdict.outcome).to.equal('breach');
  });

  it('go no further where the service has not recovered, and that is no pass', async () => {
    let sick = false;
    const sla = { ...UNDECIDED, recovery: [] };
    const ran = await run({
      plan: { sla },
      latencyUs: () => (sick ? 500_000 : 5000),
      on: ({ kind }) => {
        if (kind === 'fault-injected') sick = true;
      },
    }).running;
    expect(kindsOf(ran)).to.deep.equal(['trials-go-on', 'trials-ended']);
    const { verdict } = judged(ran, { sla });
    expect(verdict.outcome).to.equal('inconclusive');
    expect(verdict.reason + verdict.caveats.join(' ')).to.contain('only 1 of 3 trials were run');
  });

  it('read the longest recovery of all, and none where one of them was never seen', async () => {
    let slowSamples = 0;
    let trial = 0;
    const ran = await run({
      latencyUs: () => (slowSamples-- > 0 ? 500_000 : 5000),
      on: ({ kind }) => {
        if (kind === 'fault-removal-requested') slowSamples = ++trial === 2 ? 300 : 100;
      },
    }).running;
    const { trials, recoveryMs } = judged(ran);
    const recoveries = trials!.map((each) => each.recoveryMs ?? NaN);
    expect(recoveries[1]).to.be.above(recoveries[0]!).and.above(recoveries[2]!);
    expect(recoveryMs).to.equal(recoveries[1]);
  });

  it('leave nothing behind where they are interrupted in the second', async () => {
    let faults = 0;
    const made = run({
      at: (step, interrupt) => {
        if (step.kind === 'phase' && step.phase === 'fault' && ++faults === 2) interrupt.abort('SIGINT');
      },
    });
    const { record } = await made.running;
    expect(record.status).to.equal('interrupted');
    expect([...made.environment.live]).to.deep.equal([]);
    expect(record.faults[0]!.injections).to.have.length(2);
  });

  it('end with the one in which a stop condition is met', async () => {
    const condition = parseStopCondition('p95 > 300ms for 2s');
    let injected = 0;
    const ran = await run({
      plan: { guards: { minCoverage: 1, stopWhen: condition.ok ? [condition.condition] : [] } },
      latencyUs: () => (injected === 2 ? 400_000 : 5000),
      on: ({ kind }) => {
        if (kind === 'fault-injected') injected++;
        if (kind === 'fault-recovered' && injected === 2) injected++;
      },
    }).running;
    expect(ran.record.status).to.equal('stopped');
    expect(countTrials(ran.record.windows)).to.equal(2);
  });

  it('spend no more error than one look would', () => {
    const window = { startMs: 0, endMs: 1 };
    const after = (count: number) =>
      Array.from({ length: count }, () => ({ phase: 'fault' as const, ...window }));
    const shares = [1, 2, 3, 4, 5].map((count) => errorShareOf(after(count), 5));
    expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-12);
    expect(shares.toSorted((a, b) => b - a)).to.deep.equal(shares);
    expect(errorShareOf(after(1), 1)).to.equal(1);
  });
});
