import type { RunRecorder } from '../../../shared/run-recorder.js';
import type { Clock } from '../../../shared/time.js';
import type { Target } from '../../fault-injector.js';
import type { Candidate } from '../../matches-selector.js';
import type { StressLimits } from '../local-config.js';
import type { ProxySlot } from '../proxy-slot.js';
import type { Replica } from '../services/replica.js';
import type { ProxyRules } from './proxy-rules.js';

/** What can carry a fault: a replica under supervision, or a service that the user started, as a whole. */
export type Place = Candidate & {
  readonly service: string;
  /** The stable port of its service. */
  readonly port: number;
} & (
    | { readonly kind: 'replica'; readonly replica: Replica }
    | { readonly kind: 'existing'; readonly address: string }
  );

export type ReplicaPlace = Extract<Place, { readonly kind: 'replica' }>;

/** A place with the instance that was there when the fault took it. */
export interface Chosen<P extends Place = Place> {
  readonly place: P;
  readonly target: Target;
}

/** What the faults of one environment share. */
export interface LocalWorld {
  readonly runId: string;
  readonly clock: Clock;
  readonly recorder: RunRecorder;
  readonly places: readonly Place[];
  readonly proxy: ProxySlot;
  readonly rules: ProxyRules;
  readonly stressLimits: StressLimits;
  /** Where stress-ng is looked for. */
  readonly searchPath: string;
}

export function targetAt(place: Place): Target {
  const uid = place.kind === 'replica' ? place.replica.state.current.uid : `${place.id}#1`;
  return { id: place.id, uid, service: place.service };
}

/** Whether the instance that was chosen is the one that is there, and serves. */
export function stillServes({ place, target }: Chosen): boolean {
  if (place.kind === 'existing') return true; // nobody here knows better
  const { status, uid } = place.replica.state.current;
  return status === 'ready' && uid === target.uid;
}
