import type { Finding } from '../../shared/finding.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { remedyFor } from './remedy-for.js';

/** A check that could not be made is a finding too; one about a right is told by the check of rights. */
export async function orFinding(
  check: () => Promise<readonly Finding[]>,
  kubectl: string,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [
      {
        severity: 'stop',
        code: error.status === 0 ? 'unreachable' : 'cannot-check',
        message: error.message,
        remedy: remedyFor(error, kubectl),
      },
    ];
  }
}
