import { PlimsollError } from '../../shared/errors.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { objectPath, PODS } from '../../shared/kubernetes/object-path.js';
import { watchObjects } from '../../shared/kubernetes/watch-objects.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock } from '../../shared/time.js';
import { readRunnerPod, type RunnerPod } from './runner-pod.js';

export interface RunnerWatchOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly runners: number;
  /** Which runner a pod is, from 0; NaN for a pod that is none. */
  readonly indexOf: (pod: KubeObject) => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RunnerWatch {
  /** The pod of a runner, once its container runs. Rejects with LOAD_FAILED where it never will, or the signal's reason. */
  running(index: number, signal: AbortSignal): Promise<RunnerPod>;
  /** Aborts, with a sentence, when the pod that ran is gone. */
  gone(index: number): AbortSignal;
  /** What keeps runners from running, a sentence each. */
  waiting(): readonly string[];
  /** Never rejects. */
  stop(): Promise<void>;
}

interface Seat {
  pod: RunnerPod | undefined;
  /** Of the pod that ran. */
  uid: string | undefined;
  readonly gone: AbortController;
}

/** Follows the pods of all runners. */
export function watchRunners(options: RunnerWatchOptions): RunnerWatch {
  const { client, namespace, labelSelector, runners, indexOf, clock, logger } = options;
  const seats = Array.from({ length: runners }, (): Seat => ({
    pod: undefined,
    uid: undefined,
    gone: new AbortController(),
  }));
  const name = (index: number): string => runnerName(index, runners);
  const over = new AbortController();
  let wake: (() => void)[] = [];

  const see = (pod: RunnerPod): void => {
    const seat = seats[pod.index];
    if (seat === undefined) return;
    // What takes the place of a pod that ran has none of its rows.
    if (seat.uid !== undefined && seat.uid !== pod.uid) return;
    seat.pod = pod;
    if (pod.state.kind === 'running') seat.uid = pod.uid;
    if (pod.state.kind === 'lost' && seat.uid === pod.uid) {
      seat.gone.abort(`${name(pod.index)} (pod ${pod.name}) is gone: ${pod.state.reason}`);
    }
  };
  const lose = (uid: string): void => {
    const index = seats.findIndex(({ pod }) => pod?.uid === uid);
    const seat = seats[index];
    if (seat === undefined) return;
    const said = `${name(index)} (pod ${seat.pod?.name ?? ''}) is gone: it was deleted`;
    if (seat.uid === uid) seat.gone.abort(said);
    seat.pod = undefined;
  };

  const follow = async (): Promise<void> => {
    const pick = (pod: KubeObject): RunnerPod => readRunnerPod(pod, indexOf);
    const path = objectPath(PODS, namespace);
    for await (const change of watchObjects(
      { client, clock, logger, path, labelSelector, pick },
      over.signal,
    )) {
      if (change.type === 'listed') {
        const there = new Set(change.objects.map(({ uid }) => uid));
        for (const { pod } of seats) if (pod !== undefined && !there.has(pod.uid)) lose(pod.uid);
        change.objects.forEach(see);
      } else if (change.type === 'changed') see(change.object);
      else lose(change.object.uid);
      for (const each of wake.splice(0)) each();
    }
  };
  const following = follow();

  const changed = async (signal: AbortSignal): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      wake.push(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  };

  return {
    async running(index, signal) {
      for (;;) {
        signal.throwIfAborted();
        const pod = seats[index]?.pod;
        if (pod?.state.kind === 'running') return pod;
        if (pod?.state.kind === 'lost') {
          throw new PlimsollError(
            'LOAD_FAILED',
            `${name(index)} (pod ${pod.name}) cannot run: ${pod.state.reason}`,
            { remedy: `look with: ${client.kubectl} -n ${namespace} describe pod ${pod.name}` },
          );
        }
        await changed(signal);
      }
    },
    gone: (index) => seats[index]?.gone.signal ?? AbortSignal.abort(),
    waiting: () =>
      seats.flatMap(({ pod }, index) => {
        if (pod === undefined) return [`${name(index)} has no pod yet`];
        return pod.state.kind === 'running' ? [] : [`${name(index)} (pod ${pod.name}): ${pod.state.reason}`];
      }),
    async stop() {
      over.abort();
      wake = [];
      await following;
    },
  };
}

/** `runner 2 of 8`. */
export function runnerName(index: number, runners: number): string {
  return `runner ${index + 1} of ${runners}`;
}
