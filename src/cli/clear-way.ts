import { lockEnvironment } from '../experiments/lock-environment.js';
import { PlimsollError } from '../shared/errors.js';
import type { Finding } from '../shared/finding.js';
import { sweepDeadRuns } from './sweep-dead-runs.js';
import type { RunAssembly } from './execute-run.js';

/** Sweeps what dead runs left, under the lock. Returns what stands in the way: a living run, or a fault that stays. */
export async function clearWay(parts: RunAssembly, signal: AbortSignal): Promise<readonly Finding[]> {
  const { environment, stateFolder, owner, logger } = parts;
  let lock;
  try {
    lock = await lockEnvironment(stateFolder, environment.name, owner);
  } catch (thrown) {
    if (!(thrown instanceof PlimsollError) || thrown.code !== 'NOT_READY') throw thrown;
    return [{ severity: 'stop', code: 'environment-in-use', message: thrown.message, remedy: thrown.remedy }];
  }
  try {
    const swept = await sweepDeadRuns({ stateFolder, environment }, signal);
    for (const { runId, what, status, detail } of swept) {
      if (status !== 'already-gone') logger.warn(`left by run ${runId}: ${what}: ${detail}`);
    }
    return swept
      .filter(({ status }) => status === 'left')
      .map(({ runId, what, detail }) => ({
        severity: 'stop',
        code: 'left-over',
        message: `what run ${runId} left is still there: ${what}: ${detail}`,
        remedy: 'remove it by hand, then run again; plimsoll sweep tells whether it is gone',
      }));
  } finally {
    await lock.release();
  }
}
