import { PlimsollError } from '../../../shared/errors.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import type { Clock } from '../../../shared/time.js';
import type { EmitEvent } from '../emit-event.js';
import type { Pod } from '../pod.js';
import { askEviction } from './ask-eviction.js';
import { isTimeout } from './is-timeout.js';

/** How far the eviction of some pods has come. */
export interface Evictions {
  /**
   * Asks for each pod until it is evicted, or gone by another hand. Rejects with FAULT_NOT_INJECTED where one will never
   * be evicted, or with the signal's reason; in any case no request is under way any more.
   */
  run(signal: AbortSignal): Promise<void>;
  evicted(): readonly Pod[];
  /** Gone before they could be evicted. */
  vanished(): readonly Pod[];
  /** What keeps the rest from being evicted, in words: `PodDisruptionBudget shop/orders needs ...: refused for shop/orders-1`. */
  refusals(): readonly string[];
}

export interface EvictionOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pods: readonly Pod[];
  /** Undefined: that of each pod. */
  readonly gracePeriodSeconds: number | undefined;
  readonly emit: EmitEvent;
}

/** Where a refusal does not say when to ask again. A budget lets go as soon as another pod is ready. */
const RETRY_MS = 2000;
/** Requests are not cut off with the run: a request that is cut off may have been carried out. */
const REQUEST_DEADLINE_MS = 8000;

export function createEvictions({
  client,
  clock,
  pods,
  gracePeriodSeconds,
  emit,
}: EvictionOptions): Evictions {
  const evicted = new Map<string, Pod>();
  const vanished = new Map<string, Pod>();
  const refused = new Map<string, { readonly pod: Pod; readonly reason: string }>();

  function settle(done: Map<string, Pod>, pod: Pod): void {
    refused.delete(pod.uid);
    done.set(pod.uid, pod);
  }

  function refuse(pod: Pod, reason: string): void {
    if (refused.get(pod.uid)?.reason !== reason) {
      emit('eviction-refused', `${pod.id} is not evicted yet: ${reason}`, pod.id);
    }
    refused.set(pod.uid, { pod, reason });
  }

  async function evict(pod: Pod, signal: AbortSignal): Promise<void> {
    let mayBeDone = false;
    for (;;) {
      signal.throwIfAborted();
      const request = { pod, gracePeriodSeconds, dryRun: false };
      const answer = await askEviction(client, request, AbortSignal.timeout(REQUEST_DEADLINE_MS)).catch(
        lateAnswer,
      );
      switch (answer.status) {
        case 'evicted':
          settle(evicted, pod);
          return;
        case 'gone':
          settle(mayBeDone ? evicted : vanished, pod);
          return;
        case 'impossible':
        case 'forbidden':
          refuse(pod, answer.reason);
          throw new PlimsollError('FAULT_NOT_INJECTED', `${pod.id} cannot be evicted: ${answer.reason}`);
        case 'refused':
          refuse(pod, answer.reason);
          await clock.sleep(Math.max(answer.retryAfterMs ?? 0, RETRY_MS), signal);
          break;
        case 'unanswered':
          mayBeDone = true;
          refuse(pod, answer.reason);
          await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  return {
    async run(signal) {
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const left = pods.filter(({ uid }) => !evicted.has(uid) && !vanished.has(uid));
      await Promise.allSettled(
        left.map(async (pod) => {
          try {
            await evict(pod, either);
          } catch (error) {
            failed.abort(error); // the first reason wins, and the others need not go on
          }
        }),
      );
      signal.throwIfAborted();
      failed.signal.throwIfAborted();
    },
    evicted: () => [...evicted.values()],
    vanished: () => [...vanished.values()],
    refusals: () => {
      const byReason = new Map<string, string[]>();
      for (const { pod, reason } of refused.values())
        byReason.set(reason, [...(byReason.get(reason) ?? []), pod.id]);
      return [...byReason].map(([reason, ids]) => `${reason} (${ids.join(', ')})`);
    },
  };
}

/** Nothing was heard in time: as good as no answer. */
function lateAnswer(error: unknown) {
  if (!isTimeout(error)) throw error;
  return { status: 'unanswered', reason: 'the API server did not answer' } as const;
}
