import type { DurationMs } from '../shared/time.js';
import type { CliContext } from './cli-context.js';
import { EXIT } from '../shared/exit.js';
import type { OneRun } from './run-one.js';

/** An experiment that was chosen, with how a suite wants it run. */
export interface ChosenExperiment {
  readonly path: string;
  /** How often an inconclusive run is tried again. */
  readonly retries: number;
  /** Rest before the next run. */
  readonly cooldownMs: DurationMs;
  readonly onBreach: 'continue' | 'stop';
}

export interface RunManyHooks {
  /** One attempt; never rejects. */
  readonly run: (experiment: ChosenExperiment) => Promise<OneRun>;
  /** Called for the attempt that counts. */
  readonly onDone: (run: OneRun) => void;
  /** What happens between the runs, for people. */
  readonly note: (message: string) => void;
}

/**
 * Runs experiments one after another and returns the attempt that counts of each that was begun. Goes on after
 * whatever one of them comes to, but for an interrupt, for a fault that may still be live, and for a breach where the
 * suite says so.
 */
export async function runMany(
  experiments: readonly ChosenExperiment[],
  hooks: RunManyHooks,
  { clock, interrupt }: Pick<CliContext, 'clock' | 'interrupt'>,
): Promise<readonly OneRun[]> {
  const done: OneRun[] = [];
  const isInterrupted = () => interrupt.aborted;
  const rest = async (ms: DurationMs) => {
    if (ms > 0) await clock.sleep(ms, interrupt).catch(() => undefined);
  };
  for (const [index, experiment] of experiments.entries()) {
    if (isInterrupted()) break;
    let run = await hooks.run(experiment);
    for (let retry = 1; retry <= experiment.retries && run.exitCode === EXIT.inconclusive; retry++) {
      hooks.note(`inconclusive; trying again (${retry} of ${experiment.retries})`);
      await rest(experiment.cooldownMs);
      if (isInterrupted()) break;
      run = await hooks.run(experiment);
    }
    done.push(run);
    hooks.onDone(run);
    const left = experiments.length - index - 1;
    if (left === 0 || isInterrupted()) break;
    const stop = reasonToStop(run, experiment);
    if (stop !== undefined) {
      hooks.note(`${stop}: ${left === 1 ? '1 experiment is' : `${left} experiments are`} not run`);
      break;
    }
    await rest(experiment.cooldownMs);
  }
  return done;
}

function reasonToStop(run: OneRun, experiment: ChosenExperiment): string | undefined {
  if (run.exitCode === EXIT.faultMayBeLive)
    return 'a fault may still be live, and would be in all that follows';
  if (run.exitCode === EXIT.breach && experiment.onBreach === 'stop')
    return 'a breach, and the suite stops at one';
  return undefined;
}

/** What a run of several adds to the reports of each: the ones that were chosen and gave no result. */
export function notRunOf(
  chosen: readonly ChosenExperiment[],
  done: readonly OneRun[],
): readonly { readonly name: string; readonly reason: string }[] {
  return chosen.flatMap(({ path }, index) => {
    const run = done[index];
    if (run === undefined) return [{ name: path, reason: 'the runs ended before its turn' }];
    return run.status === 'not-run' ? [{ name: path, reason: run.reason }] : [];
  });
}
