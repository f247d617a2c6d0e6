import type { KubeObject } from '../../shared/kubernetes/kube-client.js';

/** What brings the pods of runners into being. */
export interface RunnerEngineDriver {
  readonly namespace: string;
  /** Selects the pods. */
  readonly labelSelector: string;
  readonly container: string;
  /** Which runner a pod is, from 0; NaN for a pod that is none. */
  readonly indexOf: (pod: KubeObject) => number;
  /** Creates all that the pods need. Rejects with LOAD_FAILED; what was created until then is for remove() to delete. */
  create(signal: AbortSignal): Promise<void>;
  /** Deletes all of it and waits until it is gone; resolves with a sentence where it is not. Never rejects. */
  remove(): Promise<string | undefined>;
}

/** What became of one runner. */
export interface RunnerRecord {
  /** `runner 2 of 8`. */
  readonly name: string;
  readonly pod: string;
  readonly node: string;
  readonly requests: number;
  /** How long after the agreed moment it began. */
  readonly lateMs: number;
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number; readonly driftMs: number };
}
