import { messageOf, PlimsollError } from '../../shared/errors.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';

/** Rejects with LOAD_FAILED where the API server refuses what the object of the runners needs, or the object itself. */
export async function createFor(kind: string, create: () => Promise<void>): Promise<void> {
  try {
    await create();
  } catch (thrown) {
    if (!(thrown instanceof KubeError)) throw thrown;
    throw new PlimsollError('LOAD_FAILED', `the ${kind} of the runners: ${messageOf(thrown)}`, {
      remedy: `see what the API server says, and \`plimsoll plan\` with the same environment`,
      cause: thrown,
    });
  }
}
