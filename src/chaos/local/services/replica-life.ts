import type { DurationMs } from '../../../shared/time.js';
import { endProcess, type Ending } from '../end-process.js';
import { launchInstance, type Instance, type ReplicaSpec } from './launch-instance.js';
import type { KilledInstance, ReplicaState, SupervisorContext } from './replica.js';
import { createWatched, type Watched } from './watched.js';

export const STOP_GRACE_MS = 5000;
export const END_DEADLINE_MS = 5000;

/** The instances of a replica, one at a time: their processes, the state, and what the proxy knows of them. */
export interface ReplicaLife {
  readonly state: Pick<Watched<ReplicaState>, 'current' | 'until'>;
  /** Rejects with NOT_READY; then the replica is down as before. */
  launch(): Promise<Instance>;
  /** Lets the proxy give it connections, unless it was ended in the meantime. */
  serve(instance: Instance): Promise<void>;
  /** Ends it and its group in the name of a fault. */
  endFor(fault: string, instance: Instance, graceMs: DurationMs): Promise<KilledInstance>;
  end(instance: Instance, graceMs: DurationMs): Promise<Ending>;
  /** After its exit: nothing of it is left, in its group or in the proxy. */
  bury(instance: Instance): Promise<void>;
  /** The fault that ended the instance, if one did. */
  endedBy(instance: Instance): string | undefined;
  close(): void;
}

export function createReplicaLife(spec: ReplicaSpec, context: SupervisorContext): ReplicaLife {
  const { clock, roster } = context;
  const state = createWatched<ReplicaState>({ status: 'down', uid: `${spec.id}#1`, sinceMs: clock.nowMs() });
  const faultsByUid = new Map<string, string>();
  let launched = 0;

  const enter = (status: 'starting' | 'ready' | 'ending', instance: Instance): void => {
    state.set({ status, uid: instance.uid, sinceMs: clock.nowMs(), instance });
  };
  const leave = (status: 'down' | 'launching' | 'stopped', uid: string): void => {
    state.set({ status, uid, sinceMs: clock.nowMs() });
  };
  const isStarting = (instance: Instance): boolean =>
    state.current.status === 'starting' && state.current.instance === instance;
  const end = (instance: Instance, graceMs: DurationMs): Promise<Ending> =>
    endProcess({ groupId: instance.pid }, { graceMs, deadlineMs: END_DEADLINE_MS });
  const tellProxy = async ({ uid, host, port }: Instance, ready: boolean): Promise<void> => {
    await roster.put(spec.service, { id: spec.id, uid, host, port, ready });
  };

  return {
    state,
    async launch() {
      const before = state.current.uid;
      leave('launching', before);
      try {
        const instance = await launchInstance(spec, `${spec.id}#${launched + 1}`, context);
        launched += 1;
        enter('starting', instance);
        return instance;
      } catch (error) {
        leave('down', before);
        throw error;
      }
    },
    async serve(instance) {
      if (!isStarting(instance)) return;
      await tellProxy(instance, true);
      if (isStarting(instance)) enter('ready', instance);
    },
    async endFor(fault, instance, graceMs) {
      faultsByUid.set(instance.uid, fault);
      const wasReady = state.current.status === 'ready';
      enter('ending', instance);
      if (graceMs > 0 && wasReady) await tellProxy(instance, false);
      return { instance, ending: await end(instance, graceMs) };
    },
    end,
    async bury(instance) {
      await end(instance, 0); // children that outlived it
      await roster.drop(spec.service, spec.id);
      leave('down', instance.uid);
    },
    endedBy: ({ uid }) => faultsByUid.get(uid),
    close() {
      leave('stopped', state.current.uid);
    },
  };
}
