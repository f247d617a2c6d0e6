import { type Benchmarks, cutBenchmarks } from '../bench/benchmark.js';
import type { RunningLoad } from '../bench/load-generator.js';
import { within } from '../shared/deadline.js';
import type { EpochMs } from '../shared/time.js';
import { judgeSteadyState } from './judge-steady-state.js';
import { lookAtTrials } from './look-at-trials.js';
import { observeSoFar, observeSteady } from './observe-run.js';
import { readRecoveryIn } from './read-recovery.js';
import { RunEnd } from './run-end.js';
import { runFaults } from './run-faults.js';
import { asEnd, runPhase, type Running } from './run-phase.js';
import { hasFaultFirst } from './trials.js';

/** How long what is on its way from the generator may take to be on the tape. */
const CATCH_UP_MS = 10_000;
/** Judging takes the processor that the load needs; what it held up is over before the next phase begins. */
const SETTLE_MS = 1_000;

/** Returns the end that a stop condition made, after which the recovery was watched all the same. */
export async function runPhases(run: Running, load: RunningLoad): Promise<RunEnd | undefined> {
  const { plan, observer, windows } = run;
  const { signal } = run.trouble;
  const { trials = 1 } = plan;
  if (plan.phasesMs.warmup > 0) await runPhase(run, 'warmup', signal);
  for (let trial = 1; ; trial++) {
    const faultFirst = hasFaultFirst(trial);
    if (trials > 1) observer.step({ kind: 'trial', trial, of: trials, faultFirst });
    if (!faultFirst) {
      await runPhase(run, 'steady', signal);
      await requireSteadyState(run, load, windows.end());
    }
    const stopped = await runFaults(run);
    await watchRecovery(run, stopped);
    if (stopped !== undefined) return stopped;
    if (faultFirst) await runPhase(run, 'steady', signal);
    const endMs = windows.end();
    if (trial === trials || (await areTrialsOver(run, load, endMs))) return undefined;
  }
}

async function watchRecovery(run: Running, stopped: RunEnd | undefined): Promise<void> {
  await runPhase(run, 'recovery', run.trouble.signal).catch((thrown: unknown) => {
    // What was stopped is what the run is about, whatever comes afterwards.
    if (stopped === undefined || !(thrown instanceof RunEnd)) throw thrown;
  });
  run.windows.end();
}

async function requireSteadyState(run: Running, load: RunningLoad, endMs: EpochMs): Promise<void> {
  const { plan, tape, log, trouble, observations } = run;
  await catchUp(run, 'steady', endMs);
  await observeSteady(run, trouble.signal);
  const benchmarks = benchmarksOf(run, load);
  const state = judgeSteadyState(plan.sla, tape.measure(), {
    observations,
    ...(benchmarks === undefined ? {} : { benchmarks }),
  });
  if (state.status === 'not-met') {
    log.add('steady-state-not-met', state.reason);
    throw new RunEnd('steady-state-not-met', state.reason);
  }
  log.add('steady-state-met', state.summary);
}

/** Whether it is clear what the trials say, or another one would hit a service that has not got over the last. */
async function areTrialsOver(run: Running, load: RunningLoad, endMs: EpochMs): Promise<boolean> {
  const { plan, tape, log, courses, baseline, baselineBenchmarks, clock } = run;
  await catchUp(run, 'last', endMs);
  const shown = {
    windows: run.windows.windows(),
    faults: courses.map((course) => course.history()),
    measurements: tape.measure(),
  };
  await observeSoFar(run, run.trouble.signal);
  const { observations, baselineObservations } = run;
  const benchmarks = benchmarksOf(run, load);
  const look = lookAtTrials(plan, {
    ...shown,
    observations,
    ...(baseline === undefined ? {} : { baseline }),
    ...(baselineObservations === undefined ? {} : { baselineObservations }),
    ...(benchmarks === undefined ? {} : { benchmarks }),
    ...(baselineBenchmarks === undefined ? {} : { baselineBenchmarks }),
  });
  log.add(look.status === 'decided' ? 'trials-decided' : 'trials-go-on', look.reason);
  if (look.status === 'decided') return true;
  const last = shown.windows.findLast(({ phase }) => phase === 'recovery');
  if (last !== undefined && readRecoveryIn(last, { ...shown, sla: plan.sla }).status === 'at-least') {
    log.add('trials-ended', 'there was no further trial, since the service had not recovered from the last');
    return true;
  }
  await clock.sleep(SETTLE_MS, run.trouble.signal);
  return false;
}

/** What benchmarks have reported so far, phase by phase. */
function benchmarksOf({ windows }: Running, { benchmarks }: RunningLoad): Benchmarks | undefined {
  return benchmarks === undefined ? undefined : cutBenchmarks(benchmarks.log(), windows.windows());
}

async function catchUp({ clock, tape, trouble }: Running, phase: string, endMs: EpochMs): Promise<void> {
  const what = `reading the last samples of the ${phase} phase`;
  try {
    await within({ clock, ms: CATCH_UP_MS, what, signal: trouble.signal }, (signal) =>
      tape.caughtUp(endMs, signal),
    );
  } catch (thrown) {
    trouble.signal.throwIfAborted(); // what called it off says why
    throw asEnd('load-failed', thrown);
  }
}
