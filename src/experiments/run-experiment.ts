import { createTape } from '../bench/create-tape.js';
import type { LoadGenerator, LoadOutcome, PlannedLoad, RunningLoad } from '../bench/load-generator.js';
import type { Measurements } from '../bench/measurement.js';
import type { TapeFile } from '../bench/tape-file/create-tape-file.js';
import type { Tape } from '../bench/tape.js';
import type { Environment } from '../chaos/environment.js';
import { within } from '../shared/deadline.js';
import { messageOf, PlimsollError } from '../shared/errors.js';
import type { Finding } from '../shared/finding.js';
import type { Phase } from '../shared/phases.js';
import type { RunEvent } from '../shared/run-event.js';
import type { Clock, DurationMs } from '../shared/time.js';
import { formatCount, formatDuration } from '../shared/units.js';
import { createStopWatch } from '../sla/watch-stop-conditions.js';
import { cannotWrite } from './cannot-write.js';
import type { HaltSwitch } from './halt-switch.js';
import { createFaultCourse, type FaultCourse } from './fault-course.js';
import { followSchedule } from './follow-schedule.js';
import type { Journal } from './journal.js';
import { judgeSteadyState } from './judge-steady-state.js';
import type { Plan } from './plan.js';
import { RunEnd } from './run-end.js';
import { createRunLog, type RunLog } from './run-log.js';
import type { RunObserver } from './run-observer.js';
import type { RunRecord } from './run-record.js';
import { watchClock } from './watch-clock.js';
import { watchHaltSwitch } from './watch-halt-switch.js';
import { createWindowLog, type WindowLog } from './window-log.js';

export interface RunParts {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly generator: LoadGenerator;
  readonly journal: Journal;
  readonly observer: RunObserver;
  /** Where the environment's events come from. Returns the way to unsubscribe. */
  readonly onEnvironmentEvent: (listener: (event: RunEvent) => void) => () => void;
  /** Where the tape is written while the run goes on; nowhere by default. */
  readonly tapeFile?: TapeFile;
  /** Looked at before a fault is put in, and while it is in. */
  readonly halt?: HaltSwitch;
  /** The run is ended when so much time has passed since it began. */
  readonly maxDurationMs?: DurationMs;
}

export interface RanExperiment {
  readonly record: RunRecord;
  readonly measurements: Measurements;
}

/** How long what is on its way from the generator may take to be on the tape. */
const CATCH_UP_MS = 10_000;
/** Requests in flight at the end, where the load has no timeout of its own. */
const GRACE_MS = 10_000;
const INTERRUPTED_GRACE_MS = 1_000;

/** What the steps of one run share. */
interface Running extends RunParts {
  readonly plan: Plan;
  readonly tape: Tape;
  readonly log: RunLog;
  readonly windows: WindowLog;
  readonly courses: readonly FaultCourse[];
  /** Aborts, with a RunEnd, when the run cannot or must not go on. */
  readonly trouble: AbortController;
}

/**
 * Carries a plan out: the one stage that touches the world. Whatever happens, faults that are in are taken out, and
 * load and services are stopped; what could not be is in the record. Rejects on a bug alone.
 *
 * @param interrupt aborts with the name of the signal that interrupts the run
 */
export async function runExperiment(
  plan: Plan,
  parts: RunParts,
  interrupt: AbortSignal,
): Promise<RanExperiment> {
  const { clock, environment, observer } = parts;
  const startedAtMs = clock.nowMs();
  const { tapeFile } = parts;
  const tape = createTape({ clock, ...(tapeFile === undefined ? {} : { sink: tapeFile.sink }) });
  const log = createRunLog(clock, (event) => {
    observer.event(event);
  });
  const courses = plan.faults.map((fault) =>
    createFaultCourse(fault, plan.targets[fault.name] ?? [], {
      ...parts,
      injector: environment.injector,
      log,
      deadlinesMs: plan.deadlinesMs,
    }),
  );
  const trouble = new AbortController();
  const run: Running = { ...parts, plan, tape, log, windows: createWindowLog(tape), courses, trouble };
  const stopWatchingClock = watchClock(clock);
  const unsubscribe = parts.onEnvironmentEvent((event) => {
    log.take(event);
  });
  const stopWatchingSlices = tape.onSlice((slice) => {
    observer.slice(slice);
  });
  const onInterrupt = (): void => {
    trouble.abort(new RunEnd('interrupted', `interrupted by ${String(interrupt.reason)}`));
  };
  interrupt.addEventListener('abort', onInterrupt, { once: true });
  if (interrupt.aborted) onInterrupt();
  void environment.failed.then((finding) => {
    trouble.abort(new RunEnd('environment-failed', finding.message));
  });

  const stopWatchingTime = limitDuration(run);
  log.add('run-started', `run ${plan.runId} began`);
  const { end, load, leftBehind } = await conduct(run);
  interrupt.removeEventListener('abort', onInterrupt);
  stopWatchingTime();
  unsubscribe();
  stopWatchingSlices();
  const measurements = tape.finish();
  if (tapeFile !== undefined) await closeTape(tapeFile, log);
  return {
    record: {
      startedAtMs,
      endedAtMs: clock.nowMs(),
      status: end?.status ?? 'completed',
      statusReason: end?.message ?? '',
      ...(end?.status === 'interrupted' && interrupt.aborted ? { signal: signalOf(interrupt) } : {}),
      windows: run.windows.windows(),
      faults: courses.map((course) => course.history()),
      events: log.events(),
      ...(load === undefined ? {} : { load }),
      maxClockStepMs: await stopWatchingClock(),
      leftBehind,
    },
    measurements,
  };
}

/** A tape that could not be written makes no run worse: what was measured is in memory, and in the result. */
async function closeTape(tapeFile: TapeFile, log: RunLog): Promise<void> {
  const end = await tapeFile.close();
  if (end.status === 'whole') return;
  const { message } = cannotWrite('the tape', tapeFile.path, end.reason);
  log.add('tape-cut-short', `${message}; the result has every number of the phases all the same`);
}

/** Ends the run, as an interrupt would, when its time is up. Returns how to let it go on. */
function limitDuration({ clock, maxDurationMs, trouble }: Running): () => void {
  const over = new AbortController();
  if (maxDurationMs !== undefined) {
    clock.sleep(maxDurationMs, over.signal).then(
      () => {
        const limit = formatDuration(maxDurationMs);
        trouble.abort(new RunEnd('interrupted', `the run was not over after ${limit}, its --max-duration`));
      },
      () => undefined, // the run was over before
    );
  }
  return () => {
    over.abort();
  };
}

interface Conducted {
  readonly end: RunEnd | undefined;
  readonly load: LoadOutcome | undefined;
  readonly leftBehind: readonly Finding[];
}

async function conduct(run: Running): Promise<Conducted> {
  const { environment, observer, plan, trouble, log } = run;
  let end: RunEnd | undefined;
  let load: RunningLoad | undefined;
  let bug: { readonly thrown: unknown } | undefined;
  try {
    observer.step({ kind: 'start' });
    await startEnvironment(run);
    load = await startLoad(run);
    end = await runPhases(run);
  } catch (thrown) {
    if (thrown instanceof RunEnd) end = thrown;
    else bug = { thrown };
  }
  observer.step({ kind: 'stop' });
  run.windows.end();
  const outcome = await load?.stop(trouble.signal.aborted ? INTERRUPTED_GRACE_MS : graceOf(plan.load));
  if (outcome !== undefined) log.add('load-ended', describeOutcome(outcome));
  const leftBehind = await environment.stop();
  if (bug !== undefined) throw bug.thrown;
  return { end, load: outcome, leftBehind };
}

async function startEnvironment({ clock, environment, plan, trouble }: Running): Promise<void> {
  try {
    await within(
      { clock, ms: plan.deadlinesMs.start, what: 'starting the services', signal: trouble.signal },
      (signal) => environment.start(signal),
    );
  } catch (thrown) {
    trouble.signal.throwIfAborted(); // what called it off says why
    throw asEnd('environment-failed', thrown);
  }
}

async function startLoad({ clock, generator, plan, tape, trouble, log }: Running): Promise<RunningLoad> {
  try {
    const running = await within(
      { clock, ms: plan.deadlinesMs.start, what: 'starting the load', signal: trouble.signal },
      (signal) => generator.start(plan.load, tape, signal),
    );
    log.add('load-started', `the load began: ${plan.generator.name} ${plan.generator.version}`.trimEnd());
    void running.finished.then((outcome) => {
      // Without effect where the run has ended: nobody listens any more.
      trouble.abort(new RunEnd('load-failed', describeOutcome(outcome)));
    });
    return running;
  } catch (thrown) {
    trouble.signal.throwIfAborted(); // what called it off says why
    throw asEnd('load-failed', thrown);
  }
}

/** Returns the end that a stop condition made, after which the recovery was watched all the same. */
async function runPhases(run: Running): Promise<RunEnd | undefined> {
  const { plan, windows } = run;
  const { signal } = run.trouble;
  if (plan.phasesMs.warmup > 0) await runPhase(run, 'warmup', signal);
  await runPhase(run, 'steady', signal);
  await requireSteadyState(run, windows.end());
  const stopped = await runFaults(run);
  await runPhase(run, 'recovery', signal).catch((thrown: unknown) => {
    // What was stopped is what the run is about, whatever comes afterwards.
    if (stopped === undefined || !(thrown instanceof RunEnd)) throw thrown;
  });
  windows.end();
  return stopped;
}

/** Begins the phase and waits for its end; the border that ends it is the caller's. */
async function runPhase(
  { clock, observer, plan, windows }: Running,
  phase: Phase,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const startMs = windows.begin(phase);
  const plannedMs = plan.phasesMs[phase];
  observer.step({ kind: 'phase', phase, startMs, plannedMs });
  await clock.sleep(Math.max(0, startMs + plannedMs - clock.nowMs()), signal);
}

async function requireSteadyState(
  { clock, plan, tape, trouble, log }: Running,
  endMs: number,
): Promise<void> {
  try {
    await within(
      {
        clock,
        ms: CATCH_UP_MS,
        what: 'reading the last samples of the steady phase',
        signal: trouble.signal,
      },
      (signal) => tape.caughtUp(endMs, signal),
    );
  } catch (thrown) {
    trouble.signal.throwIfAborted(); // what called it off says why
    throw asEnd('load-failed', thrown);
  }
  const state = judgeSteadyState(plan.sla, tape.measure());
  if (state.status === 'not-met') {
    log.add('steady-state-not-met', state.reason);
    throw new RunEnd('steady-state-not-met', state.reason);
  }
  log.add('steady-state-met', state.summary);
}

/** Injects, holds and recovers. Returns the end that a stop condition or the halt switch made, where there was one. */
async function runFaults(run: Running): Promise<RunEnd | undefined> {
  const { clock, courses, halt, log, observer, trouble } = run;
  const stop = new AbortController();
  const stopFor = (kind: string, reason: string): void => {
    if (stop.signal.aborted) return;
    log.add(kind, reason);
    stop.abort(new RunEnd('stopped', reason));
  };
  await requireNoHalt(run);
  const unwatch = watchStopConditions(run, stopFor);
  const stopLooking =
    halt === undefined
      ? undefined
      : watchHaltSwitch(halt, clock, (reason) => {
          stopFor('halt-switch-pulled', reason);
        });
  const signal = AbortSignal.any([trouble.signal, stop.signal]);
  try {
    await injectFirst(run, signal);
    await holdFaults(run, signal);
  } catch (thrown) {
    if (thrown !== stop.signal.reason || trouble.signal.aborted) throw thrown;
  } finally {
    run.windows.end();
    unwatch();
    stopLooking?.();
    observer.step({ kind: 'recover', faults: courses.map(({ fault }) => fault.name) });
    await Promise.all(courses.map((course) => course.recover()));
    requireRecovered(courses);
  }
  return stop.signal.aborted ? (stop.signal.reason as RunEnd) : undefined;
}

/** Where the switch is pulled already, there is nothing to stop, and nothing may begin. */
async function requireNoHalt({ halt, log, trouble }: Running): Promise<void> {
  const reason = await halt?.look(trouble.signal);
  trouble.signal.throwIfAborted();
  if (reason === undefined) return;
  log.add('halt-switch-pulled', reason);
  throw new RunEnd('not-injected', `${reason}; nothing was injected`);
}

/** A fault that may be live outweighs whatever else ended the phase. */
function requireRecovered(courses: readonly FaultCourse[]): void {
  const live = courses.filter((course) =>
    course.history().injections.some(({ status }) => status === 'unconfirmed'),
  );
  if (live.length === 0) return;
  const names = live.map(({ fault }) => fault.name).join(', ');
  throw new RunEnd('not-recovered', `${names} could not be proven gone`);
}

/** Those that come with the phase; it begins when all of them are proven. */
async function injectFirst({ courses, observer }: Running, signal: AbortSignal): Promise<void> {
  const first = courses.filter(comesFirst);
  observer.step({ kind: 'inject', faults: first.map(({ fault }) => fault.name) });
  const outcomes = await Promise.allSettled(first.map((course) => course.inject(signal)));
  signal.throwIfAborted();
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') throw asEnd('not-injected', outcome.reason);
}

async function holdFaults(run: Running, signal: AbortSignal): Promise<void> {
  const { clock, courses } = run;
  const phaseOver = new AbortController();
  const phaseStartMs = clock.nowMs();
  const schedules = Promise.allSettled(
    courses.map((course) =>
      followSchedule(course, { clock, phaseStartMs, isIn: comesFirst(course) }, phaseOver.signal),
    ),
  );
  try {
    await runPhase(run, 'fault', signal);
  } finally {
    run.windows.end();
    phaseOver.abort();
    failOnBug(await schedules);
  }
}

/** Expected failures of a schedule are in the fault's history; whatever else it throws is a bug. */
function failOnBug(schedules: readonly PromiseSettledResult<void>[]): void {
  for (const schedule of schedules) if (schedule.status === 'rejected') throw schedule.reason;
}

function comesFirst({ fault }: FaultCourse): boolean {
  return fault.schedule.atMs === 0;
}

function watchStopConditions(
  { plan, tape }: Running,
  stopFor: (kind: string, reason: string) => void,
): () => void {
  const watch = createStopWatch(plan.guards.stopWhen);
  return tape.onSlice((slice) => {
    const met = watch.take(slice);
    if (met !== undefined) stopFor('stop-condition-met', met.reason);
  });
}

function graceOf(load: PlannedLoad): DurationMs {
  return load.kind === 'k6-script' ? GRACE_MS : Math.min(load.timeoutMs, GRACE_MS);
}

function describeOutcome(outcome: LoadOutcome): string {
  if (outcome.status === 'failed') {
    return `the load failed: ${outcome.reason}${outcome.remedy === '' ? '' : `; ${outcome.remedy}`}`;
  }
  const requests = `${formatCount(outcome.requests)} requests`;
  return outcome.how === 'stopped'
    ? `the load ended, ${requests}`
    : `the load came to its own end before the run did, after ${requests}; let it go on for longer`;
}

/** An expected failure as the end of the run; a bug as it is. */
function asEnd(status: RunEnd['status'], thrown: unknown): unknown {
  if (!(thrown instanceof PlimsollError)) return thrown;
  return new RunEnd(status, thrown.remedy === '' ? messageOf(thrown) : `${thrown.message}; ${thrown.remedy}`);
}

function signalOf(interrupt: AbortSignal): 'SIGINT' | 'SIGTERM' {
  return interrupt.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
}
