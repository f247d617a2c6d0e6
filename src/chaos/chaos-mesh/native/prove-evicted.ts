import { PlimsollError } from '../../../shared/errors.js';
import type { Pod } from '../pod.js';
import type { PodWatcher } from '../watch/pod-watcher.js';
import type { Evictions } from './evict-pods.js';

/** Evicts, and waits until each evicted pod, known by its uid, is seen being deleted or gone. */
export async function proveEvicted(
  evictions: Evictions,
  watcher: PodWatcher,
  signal: AbortSignal,
): Promise<void> {
  await evictions.run(signal);
  const uids = new Set(evictions.evicted().map(({ uid }) => uid));
  while (watcher.pods().some(({ uid, deleting }) => uids.has(uid) && !deleting))
    await watcher.changed(signal);
}

/** How many of the pods are evicted, and what keeps the others: `1 of 3 pods was evicted within deadlines.inject: PodDisruptionBudget ...`. */
export function describeShortfall(evictions: Evictions, chosen: readonly Pod[]): string {
  const count = evictions.evicted().length;
  const reached = `${count} of ${chosen.length} pods ${count === 1 ? 'was' : 'were'} evicted within deadlines.inject`;
  const reasons = evictions.refusals();
  return reasons.length === 0 ? `${reached}, and no reason was given` : `${reached}: ${reasons.join('; ')}`;
}

/** A fault that hit nobody is none. */
export function requireEvicted(evictions: Evictions): void {
  if (evictions.evicted().length > 0) return;
  const ids = evictions.vanished().map(({ id }) => id);
  throw new PlimsollError(
    'FAULT_NOT_INJECTED',
    `no pod was evicted: ${ids.join(', ')} went away by another hand first`,
    { remedy: 'Run again; if it comes back, look who deletes the pods, a rollout or an autoscaler.' },
  );
}
