import type { Logger } from '../../../shared/logger.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import type { Clock } from '../../../shared/time.js';
import type { PodSelector } from '../../manifest.js';
import { createBell } from '../bell.js';
import { followObjects } from '../follow-objects.js';
import { readPod, type Pod } from '../pod.js';
import { matchesPod, namespacesOf, podQuery, selectedNodes } from '../select-pods.js';
import { untilAnswered } from '../until-answered.js';

/** The pods that a selector means, as they come and go. */
export interface PodWatcher {
  pods(): readonly Pod[];
  /** Resolves at the next change; rejects with the signal's reason. */
  changed(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface PodWatcherOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly selector: PodSelector;
  readonly namespace: string;
  /** Called for each change of a pod that the selector means; must not throw. One of them may be undefined, not both. */
  readonly onChange?: (before: Pod | undefined, after: Pod | undefined) => void;
}

/** Resolves when all pods have been seen once. Rejects with the signal's reason, with nothing left running. */
export async function watchPods(options: PodWatcherOptions, signal: AbortSignal): Promise<PodWatcher> {
  const { client, clock, logger, namespace, onChange } = options;
  // The phase of a pod changes in mid-fault; whether it is meant does not.
  const selector: PodSelector = { ...options.selector, podPhaseSelectors: [] };
  const nodes = await untilAnswered(clock, signal, async () => await selectedNodes(client, selector, signal));
  const pods = new Map<string, Pod>();
  const bell = createBell();

  function set(id: string, after: Pod | undefined): void {
    const before = pods.get(id);
    if (after === undefined) pods.delete(id);
    else pods.set(id, after);
    if (before !== undefined || after !== undefined) onChange?.(before, after);
    bell.ring();
  }

  const places = namespacesOf(selector, namespace);
  const stop = await followObjects(
    places.map((place) => ({ client, clock, logger, pick: readPod, ...podQuery(selector, place) })),
    (change, index) => {
      if (change.type === 'listed') {
        const found = change.objects.filter((pod) => matchesPod(selector, pod, nodes));
        const ids = new Set(found.map(({ id }) => id));
        for (const pod of pods.values()) {
          if (pod.namespace === places[index] && !ids.has(pod.id)) set(pod.id, undefined);
        }
        for (const pod of found) set(pod.id, pod);
      } else if (change.type === 'deleted') {
        if (pods.get(change.object.id)?.uid === change.object.uid) set(change.object.id, undefined);
      } else if (matchesPod(selector, change.object, nodes)) {
        set(change.object.id, change.object);
      }
    },
    signal,
  );
  return {
    pods: () => [...pods.values()],
    changed: async (until) => {
      await bell.next(until);
    },
    stop,
  };
}
