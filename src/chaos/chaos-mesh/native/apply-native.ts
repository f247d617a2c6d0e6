import { PlimsollError } from '../../../shared/errors.js';
import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import type { PlannedFault } from '../../fault-injector.js';
import { checkNamespaces } from '../check-namespaces.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { HeldFault } from '../follow-fault.js';
import { refuse } from '../refusal.js';
import { remedyFor } from '../remedy-for.js';
import { applyDrain } from './apply-drain.js';
import { applyEviction } from './apply-eviction.js';

/** Begins a fault of Plimsoll's own. What the environment does not allow it does not do, whether preflight was asked or not. */
export async function applyNative(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<HeldFault> {
  refuse(checkNamespaces(access.config, fault));
  try {
    return fault.manifest.kind === 'NodeDrain'
      ? await applyDrain(access, fault, signal)
      : await applyEviction(access, fault, signal);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new PlimsollError('FAULT_NOT_INJECTED', error.message, {
      remedy: remedyFor(error, access.client.kubectl),
      cause: error,
    });
  }
}
