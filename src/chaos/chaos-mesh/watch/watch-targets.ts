import { EVENTS, NODES, objectPath } from '../../../shared/kubernetes/object-path.js';
import { FROM_THE_START, watchObjects } from '../../../shared/kubernetes/watch-objects.js';
import type { PlannedFault } from '../../fault-injector.js';
import { selectsPods } from '../chaos-kinds.js';
import { choiceOf } from '../choose-pods.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { Pod } from '../pod.js';
import { namespacesOf } from '../select-pods.js';
import { describePodChange } from './describe-pod-change.js';
import { followNews } from './follow-news.js';
import { readKubeNews } from './kube-news.js';
import { describeNodeChange, readNode, type Node } from './node.js';
import { watchPods, type PodWatcher } from './pod-watcher.js';
import { createKubeNewsTeller } from './tell-kube-news.js';

/** Watches what becomes of the targets of a run, of their nodes, and what Kubernetes says of them: for its timeline. */
export interface TargetWatch {
  /** The pods that the fault's selector means; one watch for each selector, which lasts as long as the run. */
  follow(fault: PlannedFault, signal: AbortSignal): Promise<Pick<PodWatcher, 'pods' | 'changed'>>;
  /** These pods carry a fault from now on. Returns what is to be called when it is out. */
  carry(pods: readonly Pod[]): () => void;
  /** Never rejects but on a bug; may be called again. */
  stop(): Promise<void>;
}

type Access = Pick<ClusterAccess, 'client' | 'clock' | 'logger' | 'config' | 'onEvent'>;

export function watchTargets(access: Access): TargetWatch {
  const { client, clock, logger, config, onEvent } = access;
  const watchers = new Map<string, Promise<PodWatcher>>();
  const carrying: (readonly Pod[])[] = [];
  const nodes = new Map<string, Node>();
  const nodesOfTargets = new Set<string>();
  const ended = new AbortController();
  const following: Promise<void>[] = [];
  const namespaces = new Set<string>();
  const emit = (kind: string, message: string, target?: string): void => {
    onEvent({ atMs: clock.nowMs(), kind, message, ...(target === undefined ? {} : { target }) });
  };
  const teller = createKubeNewsTeller(emit);

  function know(pod: Pod): void {
    teller.know(pod);
    if (pod.node === '' || nodesOfTargets.has(pod.node)) return;
    nodesOfTargets.add(pod.node);
    tellNode(undefined, nodes.get(pod.node));
  }

  function tellNode(before: Node | undefined, after: Node | undefined): void {
    const name = (after ?? before)?.name ?? '';
    if (!nodesOfTargets.has(name)) return;
    for (const { kind, message } of describeNodeChange(before, after)) emit(kind, message, name);
  }

  function setNode(name: string, after: Node | undefined): void {
    const before = nodes.get(name);
    if (after === undefined) nodes.delete(name);
    else nodes.set(name, after);
    tellNode(before, after);
  }

  async function followNodes(): Promise<void> {
    const changes = watchObjects(
      {
        ...{ client, clock, logger, pick: readNode, path: objectPath(NODES), from: FROM_THE_START },
        onRefused(message) {
          emit('not-watched', `what becomes of the nodes is not in this timeline: ${message}`);
        },
      },
      ended.signal,
    );
    for await (const change of changes) {
      if (change.type === 'listed') {
        const there = new Set(change.objects.map(({ name }) => name));
        for (const name of [...nodes.keys()]) if (!there.has(name)) setNode(name, undefined);
        for (const node of change.objects) setNode(node.name, node);
      } else setNode(change.object.name, change.type === 'deleted' ? undefined : change.object);
    }
  }

  async function followEvents(namespace: string): Promise<void> {
    await followNews(
      {
        ...{ client, clock, logger, pick: readKubeNews, path: objectPath(EVENTS, namespace) },
        onNews: teller.take,
        onRefused(message) {
          emit('not-watched', `what Kubernetes says of the targets is not in this timeline: ${message}`);
        },
      },
      ended.signal,
    );
  }

  /** Runs until the end; a bug in it surfaces at stop(). */
  function start(work: Promise<void>): void {
    following.push(work);
    work.catch(() => undefined);
  }

  async function open(fault: PlannedFault, namespace: string, signal: AbortSignal): Promise<PodWatcher> {
    const { selector } = choiceOf(fault);
    if (namespaces.size === 0) start(followNodes());
    for (const place of namespacesOf(selector, namespace)) {
      if (namespaces.has(place)) continue;
      namespaces.add(place);
      start(followEvents(place));
    }
    let isSeen = false;
    const onChange = (before: Pod | undefined, after: Pod | undefined): void => {
      if (after !== undefined) know(after);
      if (!isSeen) return; // what was there from the beginning has not changed
      const carriers = new Set(carrying.flat().map(({ uid }) => uid));
      const change = describePodChange(before, after, carriers);
      if (change !== undefined) emit(change.kind, change.message, change.target);
    };
    const watcher = await watchPods({ client, clock, logger, namespace, selector, onChange }, signal);
    isSeen = true;
    return watcher;
  }

  return {
    async follow(fault, signal) {
      if (!selectsPods(fault.manifest)) return { pods: () => [], changed: () => Promise.resolve() };
      const namespace = fault.manifest.metadata?.namespace ?? config.namespace;
      const key = JSON.stringify([namespace, choiceOf(fault).selector]);
      const known = watchers.get(key);
      if (known !== undefined) return await known;
      const opening = open(fault, namespace, signal);
      watchers.set(key, opening);
      opening.catch(() => watchers.delete(key)); // the next one to ask tries anew
      return await opening;
    },
    carry(pods) {
      carrying.push(pods);
      return () => {
        const index = carrying.indexOf(pods);
        if (index >= 0) carrying.splice(index, 1);
      };
    },
    async stop() {
      ended.abort();
      const open = await Promise.allSettled(watchers.values());
      for (const each of open) if (each.status === 'fulfilled') await each.value.stop();
      await Promise.all(following);
    },
  };
}
