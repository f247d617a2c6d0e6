import type { RunEvent } from '../../shared/run-event.js';
import type { ClusterAccess } from './cluster-access.js';

export type EmitEvent = (kind: string, message: string, target?: string) => void;

/** Writes events into the timeline of the run, each with the moment of the call. */
export function emitter({ clock, onEvent }: Pick<ClusterAccess, 'clock' | 'onEvent'>): EmitEvent {
  return (kind, message, target) => {
    const event: RunEvent = { atMs: clock.nowMs(), kind, message };
    onEvent(target === undefined ? event : { ...event, target });
  };
}
