import { basename } from 'node:path';
import { createTape } from '../bench/create-tape.js';
import type { LoadOutcome, PlannedLoad, RunningLoad } from '../bench/load-generator.js';
import type { Measurements } from '../bench/measurement.js';
import type { SampleFile } from '../bench/samples/create-sample-file.js';
import type { TapeFile } from '../bench/tape-file/create-tape-file.js';
import { within } from '../shared/deadline.js';
import type { Finding } from '../shared/finding.js';
import type { DurationMs } from '../shared/time.js';
import { formatCount, formatDuration } from '../shared/units.js';
import { cannotWrite } from './cannot-write.js';
import { createFaultCourse } from './fault-course.js';
import { observeRest } from './observe-run.js';
import type { Plan } from './plan.js';
import { RunEnd } from './run-end.js';
import { createRunLog, type RunLog } from './run-log.js';
import type { RunRecord } from './run-record.js';
import { watchClock } from './watch-clock.js';
import { watchLag } from './watch-lag.js';
import { createWindowLog } from './window-log.js';
import { asEnd, type Running, type RunParts } from './run-phase.js';
import { runPhases } from './run-phases.js';

export interface RanExperiment {
  readonly record: RunRecord;
  readonly measurements: Measurements;
}

/** Requests in flight at the end, where the load has no timeout of its own. */
const GRACE_MS = 10_000;
const INTERRUPTED_GRACE_MS = 1_000;

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
  const { tapeFile, sampleFile, shelf } = parts;
  const tape = createTape({
    clock,
    ...(tapeFile === undefined ? {} : { sink: tapeFile.sink }),
    ...(sampleFile === undefined ? {} : { samples: sampleFile.sink }),
    ...(shelf === undefined ? {} : { shelf }),
  });
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
  const run: Running = {
    ...parts,
    plan,
    tape,
    log,
    windows: createWindowLog(tape, parts.cpuWaitMs),
    courses,
    trouble,
    observations: [],
  };
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
  const { end, load, leftBehind, maxLagMs } = await conduct(run);
  const observations = await observeRest(run, interrupt);
  interrupt.removeEventListener('abort', onInterrupt);
  stopWatchingTime();
  unsubscribe();
  stopWatchingSlices();
  const measurements = tape.finish();
  if (tapeFile !== undefined) await closeTape(tapeFile, log);
  if (sampleFile !== undefined) await closeSamples(sampleFile, log);
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
      maxLagMs,
      leftBehind,
      observations,
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

async function closeSamples(sampleFile: SampleFile, log: RunLog): Promise<void> {
  const end = await sampleFile.close();
  if (end.status === 'whole') {
    log.add('samples-kept', `${formatCount(end.samples)} requests are kept in ${basename(sampleFile.path)}`);
    return;
  }
  const { message } = cannotWrite('the samples', sampleFile.path, end.reason);
  log.add('samples-lost', `${message}; the tape and the result have every number all the same`);
}

/** Ends the run, as an interrupt would, when its time is up. Returns how to let it go on. */
function limitDuration({ clock, maxDurationMs, trouble }: Running): () => void {
  const over = new AbortController();
  if (maxDurationMs !== undefined) {
    clock.sleep(maxDurationMs, over.signal).then(
      () => {
        const limit = formatDuration(maxDurationMs);
        trouble.abort(new RunEnd('interrupted', `the run took longer than its --max-duration of ${limit}`));
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
  readonly maxLagMs: DurationMs;
}

async function conduct(run: Running): Promise<Conducted> {
  const { clock, environment, observer, plan, tape, trouble, log } = run;
  let stopWatchingLag = (): DurationMs => 0;
  let end: RunEnd | undefined;
  let load: RunningLoad | undefined;
  let bug: { readonly thrown: unknown } | undefined;
  try {
    observer.step({ kind: 'start' });
    await startEnvironment(run);
    load = await startLoad(run);
    stopWatchingLag = watchLag(clock, tape, log);
    end = await runPhases(run, load);
  } catch (thrown) {
    if (thrown instanceof RunEnd) end = thrown;
    else bug = { thrown };
  }
  const maxLagMs = stopWatchingLag();
  observer.step({ kind: 'stop' });
  run.windows.end();
  const outcome = await load?.stop(trouble.signal.aborted ? INTERRUPTED_GRACE_MS : graceOf(plan.load));
  if (outcome !== undefined) log.add('load-ended', describeOutcome(outcome));
  const leftBehind = await environment.stop();
  if (bug !== undefined) throw bug.thrown;
  return { end, load: outcome, leftBehind, maxLagMs };
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

async function startLoad({
  clock,
  generator,
  observer,
  plan,
  tape,
  trouble,
  log,
}: Running): Promise<RunningLoad> {
  try {
    const running = await within(
      { clock, ms: plan.deadlinesMs.start, what: 'starting the load', signal: trouble.signal },
      (signal) => generator.start(plan.load, tape, signal),
    );
    log.add('load-started', `the load began: ${plan.generator.name} ${plan.generator.version}`.trimEnd());
    running.benchmarks?.onReading((reading) => observer.benchmark?.(reading));
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

function graceOf(load: PlannedLoad): DurationMs {
  // Of benchmarks nothing that is under way would count.
  if (load.kind === 'go-bench') return 0;
  return load.kind === 'k6-script' ? GRACE_MS : Math.min(load.timeoutMs, GRACE_MS);
}

function describeOutcome(outcome: LoadOutcome): string {
  if (outcome.status === 'failed') {
    return `the load failed: ${outcome.reason}${outcome.remedy === '' ? '' : `; ${outcome.remedy}`}`;
  }
  const { benchmarks } = outcome;
  const requests =
    benchmarks === undefined
      ? `${formatCount(outcome.requests)} requests`
      : `${formatCount(benchmarks.readings.length)} readings of benchmarks`;
  return outcome.how === 'stopped'
    ? `the load ended, ${requests}`
    : `the load came to its own end before the run did, after ${requests}; let it go on for longer`;
}

function signalOf(interrupt: AbortSignal): 'SIGINT' | 'SIGTERM' {
  return interrupt.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
}
