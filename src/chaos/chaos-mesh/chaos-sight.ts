import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import type { EpochMs } from '../../shared/time.js';
import type { ChaosState } from './chaos-state.js';

/** What was last seen of a chaos object, and when. Of one that is gone: its last state. */
export interface ChaosSight {
  readonly presence: 'present' | 'gone';
  readonly object: KubeObject;
  readonly state: ChaosState;
  /** When the news arrived: the object itself tells no times. */
  readonly seenAtMs: EpochMs;
  /** Of an object that is gone: whether `state` was its very last one, or something may have come in between. */
  readonly complete: boolean;
}
