import { objectPath, NODES } from '../../../shared/kubernetes/object-path.js';
import { followObjects } from '../follow-objects.js';
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

  const watch = {
    ...{ client, clock, logger, pick: readNode },
    path: objectPath(NODES),
    labelSelector: `${RUN_LABEL}=${runId}`,
  };
  const stop = await followObjects(
    [watch],
    (change) => {
      if (change.type === 'listed') {
        for (const node of change.objects) see(node);
        for (const name of names) {
          if (!change.objects.some(({ id }) => id === name)) lose(name, 'took the label of this run off');
        }
      } else if (change.type === 'deleted') lose(change.object.id, 'removed it, or its label of this run');
      else see(change.object);
    },
    signal,
  );
  return {
    held: () => [...held],
    wasFreed: (name) => freed.has(name),
    letGo: () => {
      ours = true;
    },
    stop,
  };
}
