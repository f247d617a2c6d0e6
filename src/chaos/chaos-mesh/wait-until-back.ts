import type { ChaosManifest } from '../manifest.js';
import { isServing, type Pod } from './pod.js';
import type { PodWatcher } from './watch/pod-watcher.js';

/**
 * Waits until what a kill or an eviction took away is there again: as many pods ready as before, none of them one that was killed, and
 * each killed container started anew. Chaos Mesh itself tells nothing of it. Resolves to evidence; rejects with the
 * signal's reason.
 *
 * @param carriers the pods that were hit, as they were before
 */
export async function waitUntilBack(
  watcher: Pick<PodWatcher, 'pods' | 'changed'>,
  { kind, spec }: ChaosManifest,
  carriers: readonly Pod[],
  servingBefore: number,
  signal: AbortSignal,
): Promise<string> {
  const isReplaced = kind === 'PodEviction' || spec.action === 'pod-kill';
  const before = new Map(carriers.map((pod) => [pod.uid, pod]));
  const isStillThere = ({ uid, restarts }: Pod): boolean => {
    const known = before.get(uid);
    if (known === undefined) return false;
    // The news of a kill takes a moment: until then the pod looks as it did before.
    return isReplaced || restarts <= known.restarts;
  };
  for (;;) {
    const pods = watcher.pods();
    const serving = pods.filter(isServing).length;
    if (serving >= servingBefore && !pods.some(isStillThere)) return `${serving} pods ready as before`;
    await watcher.changed(signal);
  }
}
