import { PlimsollError } from '../../../shared/errors.js';
import type { PlannedFault, Target } from '../../fault-injector.js';
import type { ClusterAccess } from '../cluster-access.js';
import { planDrain } from './plan-drain.js';

/** The pods that a drain would evict. */
export async function selectDrained(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  const { pods, findings } = await planDrain(access, fault, signal);
  const stop = findings.find(({ severity }) => severity === 'stop');
  if (stop !== undefined) throw new PlimsollError('NOT_READY', stop.message, { remedy: stop.remedy });
  return pods.map(({ id, uid }) => ({ id, uid }));
}
