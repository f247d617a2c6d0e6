import type { Environment } from '../chaos/environment.js';
import type { SweptFault } from '../chaos/fault-injector.js';
import { findDeadRuns } from '../experiments/find-dead-runs.js';
import { removeJournal } from '../experiments/journal-file.js';

/** Takes out what dead runs left in an environment. The journal of a run of which nothing is left is removed. */
export async function sweepDeadRuns(
  { stateFolder, environment }: { readonly stateFolder: string; readonly environment: Environment },
  signal: AbortSignal,
): Promise<readonly SweptFault[]> {
  const { dead } = await findDeadRuns(stateFolder);
  const runs = dead.filter((run) => run.environment === environment.name);
  if (runs.length === 0) return [];
  const swept = await environment.injector.sweep({ runs }, signal);
  for (const { runId } of runs) {
    const isClean = swept.every((item) => item.runId !== runId || item.status !== 'left');
    if (isClean) await removeJournal(stateFolder, runId);
  }
  return swept;
}
