import type { Finding } from '../../shared/finding.js';
import type { Right } from '../../shared/kubernetes/right.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import type { Resource } from '../../shared/kubernetes/object-path.js';
import type { Clock } from '../../shared/time.js';
import type { K6Load } from '../k6/k6-load.js';
import type { LoadReads } from '../load-reads.js';
import type { Archive } from './archive-script.js';
import type { RunnersConfig } from './runner-config.js';

/** What the pods of a load are built from. */
export interface PodParts {
  /** Of the object that holds all runners, and of what goes with it. */
  readonly name: string;
  readonly runId: string;
  readonly runners: number;
  /** What is read of their rows. */
  readonly reads: LoadReads;
  readonly image: string;
  readonly config: RunnersConfig;
  /** Names of the script's environment variables; their values are in the Secret. */
  readonly variables: readonly string[];
  /** After this the load has to be over, whatever has become of Plimsoll. */
  readonly longestSeconds: number;
}

export interface RunnerParts extends PodParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly load: K6Load;
  /** Packed when it is needed. */
  readonly archive: (signal: AbortSignal) => Promise<Archive>;
}

/** A way to bring k6 into pods: all in which one differs from another. */
export interface RunnerEngine {
  /** Of the object that holds all runners of a load: `Job`. */
  readonly kind: string;
  readonly resource: Resource;
  /** Labels of the pods on top of Plimsoll's own, as far as they are the same for every load. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** What each k6 gets on top of its arguments. */
  readonly furtherArguments: readonly string[];
  /** What has to be installed in the cluster, and is not. Rejects with a KubeError. */
  missing(client: KubeClient, signal: AbortSignal): Promise<readonly Finding[]>;
  /** The least that it needs. */
  rights(namespace: string): readonly Right[];
  /** What the API server says to the object, without creating it; its kind is known there. Rejects with a KubeError. */
  tryOut(parts: RunnerParts, signal: AbortSignal): Promise<readonly Finding[]>;
  createDriver(parts: RunnerParts): RunnerEngineDriver;
  /** How many runners of an object may still be making load. Rejects with a KubeError. */
  countActive(client: KubeClient, object: KubeObject, signal: AbortSignal): Promise<number>;
}

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
  /**
   * Where somebody else makes the pods: rejects with LOAD_FAILED once it is known that they will not come, or with the
   * signal's reason.
   */
  readonly refused?: (signal: AbortSignal) => Promise<never>;
  /** A sentence on why they have not come yet; undefined where nothing is known. */
  readonly delay?: () => string | undefined;
  /** Deletes all of it and waits until it is gone; resolves with a sentence where it is not. Never rejects. */
  remove(): Promise<string | undefined>;
}
