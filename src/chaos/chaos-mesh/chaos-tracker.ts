import type { Logger } from '../../shared/logger.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath, type Resource } from '../../shared/kubernetes/object-path.js';
import { watchObjects } from '../../shared/kubernetes/watch-objects.js';
import type { Clock, DurationMs } from '../../shared/time.js';
import { createBell } from './bell.js';
import type { ChaosSight } from './chaos-sight.js';
import { untilSight } from './until-sight.js';
import { readChaosState } from './read-chaos-state.js';

/** Follows one chaos object from its creation until it is gone. */
export interface ChaosTracker {
  current(): ChaosSight;
  /** The first answer that `check` gives about a sight; rejects with the signal's reason. */
  until<T>(check: (sight: ChaosSight) => T | undefined, signal: AbortSignal): Promise<T>;
  /** Asks the API server how things stand, where the watch may have missed it. */
  look(signal: AbortSignal): Promise<void>;
  /** The objects that make up the fault: one, or a schedule or workflow with all faults it has made so far. */
  parts(): readonly ChaosPart[];
  /** Ends the watch. */
  stop(): Promise<void>;
}

export interface ChaosPart {
  readonly kind: string;
  readonly resource: Resource;
  /** `namespace/name` */
  readonly id: string;
  readonly present: boolean;
}

export interface TrackerOptions {
  readonly client: KubeClient;
  readonly resource: Resource;
  /** As the API server answered the creation. */
  readonly created: KubeObject;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called for each new sight; must not throw. */
  readonly onSight?: (sight: ChaosSight, before: ChaosSight) => void;
  /** How often to look where the watch says nothing: it may be broken just now. */
  readonly lookEveryMs?: DurationMs;
}

export const LOOK_EVERY_MS = 3000;

export function trackChaos(options: TrackerOptions): ChaosTracker {
  const { client, resource, created, clock, logger, onSight, lookEveryMs = LOOK_EVERY_MS } = options;
  const { name, namespace, uid, resourceVersion } = created.metadata;
  const path = objectPath(resource, namespace, name);
  const bell = createBell();
  const ended = new AbortController();
  let sight: ChaosSight = sightOf(created, 'present');

  function sightOf(object: KubeObject, presence: ChaosSight['presence'], complete = true): ChaosSight {
    return { presence, object, state: readChaosState(object), seenAtMs: clock.nowMs(), complete };
  }

  function see(next: ChaosSight): void {
    if (sight.presence === 'gone') return;
    if (next.presence === 'present' && !isNewer(next.object, sight.object)) return;
    const before = sight;
    sight = next;
    onSight?.(next, before);
    bell.ring();
  }

  /** Undefined, or an object of the same name that another made: ours is gone, and its last words were not heard. */
  function found(object: KubeObject | undefined): void {
    if (object?.metadata.uid === uid && object !== undefined) see(sightOf(object, 'present'));
    else see(sightOf(sight.object, 'gone', false));
  }

  async function follow(): Promise<void> {
    const changes = watchObjects(
      {
        ...{ client, clock, logger, from: resourceVersion },
        path: objectPath(resource, namespace),
        fieldSelector: `metadata.name=${name}`,
        pick: (object) => object,
      },
      ended.signal,
    );
    for await (const change of changes) {
      if (change.type === 'listed') found(change.objects[0]);
      else if (change.object.metadata.uid !== uid) found(undefined);
      else see(sightOf(change.object, change.type === 'deleted' ? 'gone' : 'present'));
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    try {
      found((await client.send({ method: 'GET', path }, signal)).body as KubeObject);
    } catch (error) {
      if (isNotFound(error)) found(undefined);
      else if (!(error instanceof KubeError)) throw error;
      else logger.debug(`${path}: ${error.message}`);
    }
  }

  const following = follow();
  following.catch(() => undefined); // a bug in it surfaces at stop()
  return {
    current: () => sight,
    until: async (check, signal) =>
      await untilSight({ current: () => sight, bell, look, lookEveryMs }, check, signal),
    look,
    parts: () => [
      {
        kind: created.kind ?? '',
        resource,
        id: `${namespace ?? ''}/${name}`,
        present: sight.presence === 'present',
      },
    ],
    async stop() {
      ended.abort();
      await following;
    },
  };
}

/** Versions of one object only grow; a watch that lags behind a look must not take it back. */
function isNewer(next: KubeObject, known: KubeObject): boolean {
  return Number(next.metadata.resourceVersion) > Number(known.metadata.resourceVersion);
}
