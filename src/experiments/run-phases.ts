import { within } from '../shared/deadline.js';
import { judgeSteadyState } from './judge-steady-state.js';
import { observeSteady } from './observe-run.js';
import { RunEnd } from './run-end.js';
import { runFaults } from './run-faults.js';
import { asEnd, runPhase, type Running } from './run-phase.js';

/** How long what is on its way from the generator may take to be on the tape. */
const CATCH_UP_MS = 10_000;

/** Returns the end that a stop condition made, after which the recovery was watched all the same. */
export async function runPhases(run: Running): Promise<RunEnd | undefined> {
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

async function requireSteadyState(run: Running, endMs: number): Promise<void> {
  const { clock, plan, tape, trouble, log } = run;
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
  await observeSteady(run, trouble.signal);
  const state = judgeSteadyState(plan.sla, tape.measure(), run.observations);
  if (state.status === 'not-met') {
    log.add('steady-state-not-met', state.reason);
    throw new RunEnd('steady-state-not-met', state.reason);
  }
  log.add('steady-state-met', state.summary);
}
