import { createStopWatch } from '../sla/watch-stop-conditions.js';
import { type FaultCourse } from './fault-course.js';
import { followSchedule } from './follow-schedule.js';
import { RunEnd } from './run-end.js';
import { watchHaltSwitch } from './watch-halt-switch.js';
import { asEnd, runPhase, type Running } from './run-phase.js';

/** Injects, holds and recovers. Returns the end that a stop condition or the halt switch made, where there was one. */
export async function runFaults(run: Running): Promise<RunEnd | undefined> {
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
  const everIn = live.some((course) =>
    course.history().injections.some(({ injectedAtMs }) => injectedAtMs !== null),
  );
  throw new RunEnd(
    'not-recovered',
    everIn ? `${names} could not be proven gone` : `${names} could be proven neither to be in nor to be gone`,
  );
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
