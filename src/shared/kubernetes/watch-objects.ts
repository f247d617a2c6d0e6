import type { Logger } from '../logger.js';
import type { Clock } from '../time.js';
import type { KubeClient, KubeObject } from './kube-client.js';
import { isExpired, isForbidden, KubeError, kubeErrorOf } from './kube-error.js';
import { listObjects, type ObjectQuery } from './list-objects.js';

/** What a watch tells: all there is, at its start and whenever it lost the thread; then one change after another. */
export type ObjectChange<T> =
  | { readonly type: 'listed'; readonly objects: readonly T[] }
  | { readonly type: 'changed'; readonly object: T }
  | { readonly type: 'deleted'; readonly object: T };

export interface WatchOptions<T> extends ObjectQuery {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Goes on from this version; FROM_THE_START: what there is comes as changes; undefined: lists first. */
  readonly from?: string | undefined;
  /** This identity may not see it; the API server's words. Then the iteration ends. Undefined: it tries again and again. */
  readonly onRefused?: (message: string) => void;
  /** What is kept of an object. */
  readonly pick: (object: KubeObject) => T;
  readonly timing?: WatchTiming;
}

/** The API server begins such a watch with all there is, which saves the list. */
export const FROM_THE_START = '0';

export interface WatchTiming {
  /** Bookmarks come about once a minute; silence for longer than this means that the connection is dead. */
  readonly silenceMs: number;
  /** The server ends a watch by itself after this long. */
  readonly serverTimeoutSeconds: number;
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
}

const DEFAULT_TIMING: WatchTiming = {
  silenceMs: 100_000,
  serverTimeoutSeconds: 600,
  firstBackoffMs: 100,
  longestBackoffMs: 5000,
};

/**
 * Follows objects until the signal aborts, through disconnects, restarts of the API server, silence and versions that
 * are no longer known. The iteration ends when the signal
 * aborts, and throws nothing but bugs.
 */
export async function* watchObjects<T>(
  options: WatchOptions<T>,
  signal: AbortSignal,
): AsyncGenerator<ObjectChange<T>> {
  const {
    client,
    clock,
    logger,
    pick,
    onRefused,
    path,
    labelSelector,
    fieldSelector,
    timing = DEFAULT_TIMING,
  } = options;
  let version = options.from;
  let backoffMs = 0;
  while (!isOver(signal)) {
    const startedAtMs = clock.nowMs();
    try {
      if (version === undefined) {
        const list = await listObjects(client, options, pick, signal);
        version = list.resourceVersion;
        yield { type: 'listed', objects: list.items };
      }
      const query = {
        labelSelector,
        fieldSelector,
        resourceVersion: version,
        allowWatchBookmarks: true,
        timeoutSeconds: timing.serverTimeoutSeconds,
      };
      for await (const event of client.watch({ path, query }, timing.silenceMs, signal)) {
        if (event.type === 'ERROR') throw errorOf(event.object);
        const object = event.object as KubeObject;
        version = object.metadata.resourceVersion;
        backoffMs = 0;
        if (event.type === 'DELETED') yield { type: 'deleted', object: pick(object) };
        else if (event.type !== 'BOOKMARK') yield { type: 'changed', object: pick(object) };
      }
      // Ended by the server, as it does after its time: go on at once, but not in a busy loop.
      if (clock.nowMs() - startedAtMs < timing.firstBackoffMs) backoffMs = longer(backoffMs, timing);
    } catch (error) {
      if (isOver(signal)) return;
      if (!(error instanceof KubeError)) throw error;
      if (onRefused !== undefined && isForbidden(error)) {
        onRefused(error.message);
        return;
      }
      if (isExpired(error)) version = undefined;
      backoffMs = longer(backoffMs, timing);
      logger.debug(`watch ${path}: ${error.message}; again in ${backoffMs} ms`);
    }
    if (backoffMs > 0) await clock.sleep(backoffMs, signal).catch(() => undefined); // aborted: the loop ends
  }
}

/** Asked anew each time: it may have aborted in between. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function longer(backoffMs: number, { firstBackoffMs, longestBackoffMs }: WatchTiming): number {
  return backoffMs === 0 ? firstBackoffMs : Math.min(backoffMs * 2, longestBackoffMs);
}

/** A watch reports its end by an error as an event, with a Status in it. */
function errorOf(status: unknown): Error {
  const code = (status as { code?: unknown }).code;
  return kubeErrorOf(typeof code === 'number' ? code : 500, status);
}
