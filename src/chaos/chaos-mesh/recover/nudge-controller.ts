import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../../shared/kubernetes/object-path.js';
import type { ChaosTracker } from '../chaos-tracker.js';
import type { ClusterAccess } from '../cluster-access.js';

const NUDGE_AFTER_MS = 4000;
const NUDGE_ANNOTATION = 'plimsoll.dev/nudged-at';

/**
 * Touches the object while nothing happens to it. A controller that starts asks its own webhook before that listens, fails,
 * and never comes back to the object by itself: a deleted fault would stay in for ever.
 */
export async function whileNudging<T>(
  { client, clock }: Pick<ClusterAccess, 'client' | 'clock'>,
  tracker: ChaosTracker,
  deadline: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([deadline, over.signal]);
  const nudge = async (): Promise<void> => {
    for (;;) {
      const before = tracker.current();
      await clock.sleep(NUDGE_AFTER_MS, signal);
      if (tracker.current() !== before) continue;
      const body = { metadata: { annotations: { [NUDGE_ANNOTATION]: String(Math.round(clock.wallMs())) } } };
      for (const { resource, id } of tracker.parts().filter(({ present }) => present)) {
        const [namespace, name] = id.split('/');
        const path = objectPath(resource, namespace, name);
        await client.send({ method: 'PATCH', path, body }, signal).catch((error: unknown) => {
          if (!(error instanceof KubeError)) throw error; // it may be gone, or this identity may not
        });
      }
    }
  };
  const nudged = nudge().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  try {
    return await work();
  } finally {
    over.abort();
    await nudged;
  }
}
