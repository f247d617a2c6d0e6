import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import { watchObjects } from '../../shared/kubernetes/watch-objects.js';
import type { EpochMs } from '../../shared/time.js';
import { createBell } from './bell.js';
import { childKinds, childLabel, resourceOf } from './chaos-kinds.js';
import type { ChaosSight } from './chaos-sight.js';
import type { ChaosState } from './chaos-state.js';
import { LOOK_EVERY_MS, trackChaos, type ChaosTracker, type TrackerOptions } from './chaos-tracker.js';
import { readChaosState } from './read-chaos-state.js';
import { untilSight } from './until-sight.js';

interface Child {
  readonly kind: string;
  readonly object: KubeObject;
  readonly state: ChaosState;
  readonly present: boolean;
  /** Whether it was ever seen to carry its fault. */
  readonly wasInjected: boolean;
}

/**
 * Follows a Schedule or a Workflow by the faults that it makes, since its own status says nothing of them: it is injected
 * once one of them is, and gone once all of them are.
 */
export function trackComposite(options: TrackerOptions & { readonly kind: string }): ChaosTracker {
  const { client, created, clock, logger, kind, onSight, lookEveryMs = LOOK_EVERY_MS } = options;
  const { name, namespace } = created.metadata;
  const kinds = childKinds({ kind, spec: created.spec ?? {} });
  const labelSelector = `${childLabel(kind)}=${name}`;
  const children = new Map<string, Child>();
  const listed = new Set<string>();
  const bell = createBell();
  const ended = new AbortController();
  const parent = trackChaos({ ...options, onSight: changed });
  let sight = compose(parent.current());

  function compose(
    { object, presence, complete }: ChaosSight,
    seenAtMs: EpochMs = clock.nowMs(),
  ): ChaosSight {
    const all = [...children.values()];
    const deleting = presence === 'gone' || object.metadata.deletionTimestamp !== undefined;
    const isGone =
      presence === 'gone' && listed.size === kinds.length && all.every(({ present }) => !present);
    const records = all.flatMap(({ state }) => state.records);
    const status = statusOf(all, deleting, readChaosState(object).status === 'paused');
    return {
      presence: isGone ? 'gone' : 'present',
      object,
      state: { status, records, deleting },
      seenAtMs,
      complete,
    };
  }

  function changed(): void {
    const before = sight;
    sight = compose(parent.current());
    onSight?.(sight, before);
    bell.ring();
  }

  function set(childKind: string, object: KubeObject, present: boolean): void {
    const uid = object.metadata.uid ?? '';
    const known = children.get(uid);
    if (known?.present === false) return;
    const state = readChaosState(object);
    const wasInjected = known?.wasInjected === true || state.status === 'injected';
    children.set(uid, { kind: childKind, object, state, present, wasInjected });
  }

  function setAll(childKind: string, objects: readonly KubeObject[]): void {
    const uids = new Set(objects.map(({ metadata }) => metadata.uid ?? ''));
    for (const [uid, child] of children) {
      if (child.kind === childKind && !uids.has(uid)) children.set(uid, { ...child, present: false });
    }
    for (const object of objects) set(childKind, object, true);
    listed.add(childKind);
    changed();
  }

  const queryOf = (childKind: string) => ({
    path: objectPath(resourceOf({ kind: childKind }), namespace),
    labelSelector,
  });

  async function follow(childKind: string): Promise<void> {
    const changes = watchObjects(
      { client, clock, logger, pick: (object: KubeObject) => object, ...queryOf(childKind) },
      ended.signal,
    );
    for await (const change of changes) {
      if (change.type === 'listed') setAll(childKind, change.objects);
      else {
        set(childKind, change.object, change.type !== 'deleted');
        changed();
      }
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    await parent.look(signal);
    for (const childKind of kinds) {
      try {
        const { items } = await listObjects(client, queryOf(childKind), (object) => object, signal);
        setAll(childKind, items);
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        logger.debug(error.message);
      }
    }
  }

  const following = kinds.map(follow);
  for (const each of following) each.catch(() => undefined); // a bug in it surfaces at stop()
  return {
    current: () => sight,
    until: async (check, signal) =>
      await untilSight({ current: () => sight, bell, look, lookEveryMs }, check, signal),
    look,
    parts: () => [
      ...parent.parts(),
      ...[...children.values()].map(({ kind: childKind, object: { metadata }, present }) => ({
        kind: childKind,
        resource: resourceOf({ kind: childKind }),
        id: `${metadata.namespace ?? ''}/${metadata.name}`,
        present,
      })),
    ],
    async stop() {
      ended.abort();
      await Promise.all([...following, parent.stop()]);
    },
  };
}

function statusOf(children: readonly Child[], deleting: boolean, paused: boolean): ChaosState['status'] {
  if (deleting) {
    const isFree = ({ state }: Child) => state.status === 'recovered' || state.status === 'never-injected';
    if (!children.every(isFree)) return 'recovering';
    return children.some(({ wasInjected }) => wasInjected) ? 'recovered' : 'never-injected';
  }
  if (paused) return 'paused';
  if (children.some(({ wasInjected }) => wasInjected)) return 'injected';
  return children.some(({ state }) => state.records.length > 0) ? 'injecting' : 'selecting';
}
