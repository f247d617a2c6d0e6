import type { Environment } from '../chaos/environment.js';
import type { DeadRun, SweptFault } from '../chaos/fault-injector.js';
import { findDeadRuns } from '../experiments/find-dead-runs.js';
import { removeJournal } from '../experiments/journal-file.js';

/** Takes out what dead runs left in an environment. */
export async function sweepDeadRuns(
  { stateFolder, environment }: { readonly stateFolder: string; readonly environment: Environment },
  signal: AbortSignal,
): Promise<readonly SweptFault[]> {
  const { dead } = await findDeadRuns(stateFolder);
  const runs = dead.filter((run) => run.environment === environment.name);
  if (runs.length === 0) return [];
  const swept = await environment.injector.sweep({ runs }, signal);
  await removeCleanJournals(runs, swept, stateFolder);
  return swept;
}

/** A dead run's journal goes once nothing is left that it could help to find. */
export async function removeCleanJournals(
  dead: readonly DeadRun[],
  swept: readonly SweptFault[],
  stateFolder: string,
): Promise<void> {
  for (const { runId } of dead) {
    const isClean = swept.every((item) => item.runId !== runId || item.status !== 'left');
    if (isClean) await removeJournal(stateFolder, runId);
  }
}
