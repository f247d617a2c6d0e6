import { PlimsollError } from '../../../shared/errors.js';
import type { DurationMs, EpochMs } from '../../../shared/time.js';
import { formatDuration } from '../../../shared/units.js';
import type { Recovery } from '../../fault-injector.js';
import type { ReplicaState } from '../services/replica.js';
import type { Chosen, ReplicaPlace } from './local-world.js';

/** For the start of a process, its readiness request and the proxy's answer, on a busy machine. */
const MARGIN_MS = 5000;

export interface Absent {
  readonly chosen: Chosen<ReplicaPlace>;
  /** The instance that a fault ended, if it did: any other one that is ready proves the recovery. */
  readonly endedUid: string | undefined;
}

/**
 * Waits until every replica that a fault took down is there again and ready: the proof that the fault is over.
 *
 * @param delayMs how long it may take at most before the supervisor starts the replica again
 */
export async function awaitReplicasBack(
  absent: readonly Absent[],
  requestedAtMs: EpochMs,
  delayMs: DurationMs,
): Promise<Recovery> {
  const readinessMs = Math.max(
    0,
    ...absent.map(({ chosen }) => chosen.place.replica.spec.config.readiness.timeout),
  );
  const deadlineMs = delayMs + readinessMs + MARGIN_MS;
  const expired = AbortSignal.timeout(deadlineMs);
  const settled = await Promise.allSettled(
    absent.map(({ chosen, endedUid }) =>
      chosen.place.replica.state.until((state) => isBack(state, endedUid), expired),
    ),
  );
  const late = absent.filter((_, index) => settled[index]?.status === 'rejected');
  const [first] = late;
  if (first !== undefined) {
    const { place } = first.chosen;
    const names = late.map(({ chosen }) => chosen.place.id).join(', ');
    return {
      status: 'unconfirmed',
      requestedAtMs,
      reason: `${names} is not ready again within ${formatDuration(deadlineMs)} (it is ${place.replica.state.current.status})`,
      remedy: `tail -n 50 '${place.replica.spec.logFile}'`,
    };
  }
  const back = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return {
    status: 'recovered',
    requestedAtMs,
    recoveredAtMs: Math.max(requestedAtMs, ...back.map(({ sinceMs }) => sinceMs)),
    evidence: back.map((state, index) => describeBack(state, absent[index])).join(', '),
  };
}

function isBack(state: ReplicaState, endedUid: string | undefined): boolean {
  return state.status === 'stopped' || (state.status === 'ready' && state.uid !== endedUid);
}

function describeBack(state: ReplicaState, absent: Absent | undefined): string {
  if (state.status === 'stopped')
    return `${absent?.chosen.place.id ?? state.uid} was stopped with its environment`;
  return absent?.endedUid === undefined
    ? `${state.uid} ready`
    : `${state.uid} ready in place of ${absent.endedUid}`;
}

export function notRunning(id: string, status: string, fault: string): PlimsollError {
  return new PlimsollError(
    'FAULT_NOT_INJECTED',
    `the fault ${fault} found no process of ${id}: it is ${status}`,
    {
      remedy: 'Look in the log of the replica for why it ended.',
    },
  );
}
