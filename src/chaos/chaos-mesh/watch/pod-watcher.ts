import type { Logger } from '../../../shared/logger.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { watchObjects } from '../../../shared/kubernetes/watch-objects.js';
import type { Clock } from '../../../shared/time.js';
import type { PodSelector } from '../../manifest.js';
import { createBell } from '../bell.js';
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
  const ended = new AbortController();
  const seen = new Set<string>();

  function set(id: string, after: Pod | undefined): void {
    const before = pods.get(id);
    if (after === undefined) pods.delete(id);
    else pods.set(id, after);
    if (before !== undefined || after !== undefined) onChange?.(before, after);
    bell.ring();
  }

  async function follow(place: string): Promise<void> {
    const changes = watchObjects(
      { client, clock, logger, pick: readPod, ...podQuery(selector, place) },
      ended.signal,
    );
    for await (const change of changes) {
      if (change.type === 'listed') {
        const found = change.objects.filter((pod) => matchesPod(selector, pod, nodes));
        const ids = new Set(found.map(({ id }) => id));
        for (const pod of pods.values())
          if (pod.namespace === place && !ids.has(pod.id)) set(pod.id, undefined);
        for (const pod of found) set(pod.id, pod);
        seen.add(place);
        bell.ring();
      } else if (change.type === 'deleted') {
        if (pods.get(change.object.id)?.uid === change.object.uid) set(change.object.id, undefined);
      } else if (matchesPod(selector, change.object, nodes)) {
        set(change.object.id, change.object);
      }
    }
  }

  const places = namespacesOf(selector, namespace);
  const following = places.map(follow);
  for (const each of following) each.catch(() => undefined); // a bug in it surfaces at stop()
  const stop = async () => {
    ended.abort();
    await Promise.all(following);
  };
  try {
    while (seen.size < places.length) await bell.next(signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pods: () => [...pods.values()],
    changed: async (until) => {
      await bell.next(until);
    },
    stop,
  };
}
