import type { RunEvent } from '../../../shared/run-event.js';
import type { RunRecorder } from '../../../shared/run-recorder.js';
import type { Clock, DurationMs, EpochMs } from '../../../shared/time.js';
import type { Ending } from '../end-process.js';
import type { Instance, ReplicaSpec } from './launch-instance.js';
import type { ReplicaRoster } from './replica-roster.js';
import type { Watched } from './watched.js';

/** What the supervisors of one environment share. */
export interface SupervisorContext {
  readonly runId: string;
  readonly clock: Clock;
  readonly recorder: RunRecorder;
  readonly roster: ReplicaRoster;
  readonly onEvent: (event: RunEvent) => void;
}

export type ReplicaState =
  /** No process: before the start, after an exit, while it is held down. The uid is that of the last or the first instance. */
  | { readonly status: 'down' | 'launching' | 'stopped'; readonly uid: string; readonly sinceMs: EpochMs }
  | {
      readonly status: 'starting' | 'ready' | 'ending';
      readonly uid: string;
      readonly sinceMs: EpochMs;
      readonly instance: Instance;
    };

/** One replica of a managed service under supervision: kept alive, unless a fault holds it down. */
export interface Replica {
  readonly spec: ReplicaSpec;
  readonly state: Pick<Watched<ReplicaState>, 'current' | 'until'>;
  /** Resolves when the first instance is ready. Rejects with NOT_READY, or with the signal's reason; then call stop(). */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Ends the instance in the name of a fault; the supervisor starts the next one. With a grace it is asked with SIGTERM
   * first and gets no new connections meanwhile. Undefined where no instance is there.
   */
  kill(fault: string, graceMs: DurationMs): Promise<KilledInstance | undefined>;
  /** The same, and no other instance is started until every fault that holds it has released it. */
  hold(fault: string): Promise<KilledInstance | undefined>;
  release(fault: string): void;
  /** Ends it for good. Never rejects; may be called again, and during start(). */
  stop(): Promise<Ending>;
}

export interface KilledInstance {
  readonly instance: Instance;
  readonly ending: Ending;
}

export function hasInstance(
  state: ReplicaState,
): state is Extract<ReplicaState, { readonly instance: Instance }> {
  return 'instance' in state;
}
