import { isNotFound, KubeError } from '../../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../../shared/kubernetes/object-path.js';
import type { NamedManifest } from '../build-manifest.js';
import { resourceOf } from '../chaos-kinds.js';
import type { ChaosTracker } from '../chaos-tracker.js';
import type { ClusterAccess } from '../cluster-access.js';

const RETRY_MS = 1000;

/** Asks until the API server has taken it: it may be away just now. */
export async function requestDeletion(
  { client, clock }: Pick<ClusterAccess, 'client' | 'clock'>,
  manifest: NamedManifest,
  tracker: ChaosTracker,
  deadline: AbortSignal,
  onProblem: (message: string) => void,
): Promise<void> {
  const { name, namespace } = manifest.metadata;
  const path = objectPath(resourceOf(manifest), namespace, name);
  // Not another object of the same name, should ours be gone.
  const body = {
    preconditions: { uid: tracker.current().object.metadata.uid },
    propagationPolicy: 'Background',
  };
  for (;;) {
    try {
      await client.send({ method: 'DELETE', path, body }, deadline);
      return;
    } catch (error) {
      if (isNotFound(error) || (error instanceof KubeError && error.status === 409)) return;
      if (!(error instanceof KubeError)) throw error;
      onProblem(error.message);
      await clock.sleep(RETRY_MS, deadline);
    }
  }
}
