import { watchObjects } from '../../../shared/kubernetes/watch-objects.js';
import { objectPath, NODES } from '../../../shared/kubernetes/object-path.js';
import { createBell } from '../bell.js';
import { RUN_LABEL } from '../../../shared/kubernetes/run-labels.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { EmitEvent } from '../emit-event.js';
import { type ClusterNode, readNode } from './node.js';

/** The nodes that a run has cordoned, as others let them be. */
export interface CordonWatch {
  /** Those that are still unschedulable, with the run's mark on them. */
  held(): readonly string[];
  /** Somebody has made it schedulable since, whatever it is now. */
  wasFreed(name: string): boolean;
  /** From now on what happens to them is our own doing. */
  letGo(): void;
  stop(): Promise<void>;
}

/** Resolves when the marked nodes have been seen once. Rejects with the signal's reason, with nothing left running. */
export async function watchCordons(
  { client, clock, logger, runId }: ClusterAccess,
  names: readonly string[],
  emit: EmitEvent,
  signal: AbortSignal,
): Promise<CordonWatch> {
  const held = new Set(names);
  const freed = new Set<string>();
  const ended = new AbortController();
  const bell = createBell();
  let seen = false;
  let ours = false;

  function lose(name: string, why: string): void {
    if (ours || !held.delete(name)) return;
    emit('node-lost', `node ${name}: somebody ${why}`, name);
  }

  function see(node: ClusterNode): void {
    if (!names.includes(node.id)) return;
    if (node.cordonedBy !== runId) lose(node.id, 'took the mark of this run off');
    if (node.unschedulable || ours) return;
    freed.add(node.id);
    lose(node.id, 'made it schedulable again');
  }

  async function follow(): Promise<void> {
    const changes = watchObjects(
      {
        ...{ client, clock, logger, pick: readNode },
        path: objectPath(NODES),
        labelSelector: `${RUN_LABEL}=${runId}`,
      },
      ended.signal,
    );
    for await (const change of changes) {
      if (change.type === 'listed') {
        for (const node of change.objects) see(node);
        for (const name of names) {
          if (!change.objects.some(({ id }) => id === name)) lose(name, 'took the label of this run off');
        }
        seen = true;
        bell.ring();
      } else if (change.type === 'deleted') lose(change.object.id, 'removed it, or its label of this run');
      else see(change.object);
    }
  }

  const following = follow();
  following.catch(() => undefined); // a bug in it surfaces at stop()
  const stop = async () => {
    ended.abort();
    await following;
  };
  try {
    while (!isSeen()) await bell.next(signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    held: () => [...held],
    wasFreed: (name) => freed.has(name),
    letGo: () => {
      ours = true;
    },
    stop,
  };

  /** Asked anew each time: it is set while the watch goes on. */
  function isSeen(): boolean {
    return seen;
  }
}
