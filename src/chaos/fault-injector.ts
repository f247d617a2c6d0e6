import type { Finding } from '../shared/finding.js';
import type { RecordedProcess } from '../shared/run-recorder.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import type { ChaosManifest } from './manifest.js';

/** One fault of the plan: its object complete, with the name, the run's label and, on a cluster, its lease. */
export interface PlannedFault {
  /** The name in the experiment, or one made from its kind and place. */
  readonly name: string;
  readonly manifest: ChaosManifest;
  readonly schedule: {
    /** From the start of the fault phase. */
    readonly atMs: DurationMs;
    /** How long it stays; undefined: to the end of the fault phase. */
    readonly forMs?: DurationMs;
    /** It comes again each time this much has passed since its last start; undefined: it comes once. */
    readonly everyMs?: DurationMs;
  };
  /** The experiment takes it for granted that the fault acts, and asks for no sign of it in the requests. */
  readonly dose?: 'off';
}

/** A pod, or a replica of a local service, that can carry a fault. */
export interface Target {
  /** `orders-1`, or `namespace/pod`. */
  readonly id: string;
  /** Another one where the target was replaced by a new instance of the same name. */
  readonly uid: string;
  readonly service?: string;
}

/** A service in front of a target. */
export interface ServiceInFront {
  /** `orders`, or `shop/orders`. */
  readonly service: string;
  /** How many pods or replicas serve behind it now, with the target. */
  readonly ready: number;
}

/** A target as the plan shows it: where it is, and who is there in its place. */
export interface PlannedTarget extends Target {
  readonly node?: string;
  /** `Deployment/orders`; empty where nobody would start it again. */
  readonly owner?: string;
  readonly ready?: boolean;
  /** Undefined where nobody may see the services. */
  readonly behind?: readonly ServiceInFront[];
  /** The PodDisruptionBudgets over it: `shop/orders`, `minAvailable: 2`, and how many may be away just now. */
  readonly budgets?: readonly { readonly id: string; readonly limit: string; readonly allowed: number }[];
}

export interface Injection {
  readonly injectedAtMs: EpochMs;
  readonly targets: readonly Target[];
  /** What proved it, in words: `connect +200 ms on 2 of 2`. */
  readonly evidence: string;
}

/** How much of the fault was delivered at one moment of the window. */
export interface DoseReading {
  readonly atMs: EpochMs;
  /** Share (0..1) of the selected service's serving instances that carry the fault; for one-shot kinds, of those hit. */
  readonly coverage: number;
  /** What was seen, in words: `added 201 ms to 310 chunks on orders-1`. */
  readonly detail: string;
  /** Whether it acts, by somebody who has no part in it; undefined where nobody was asked just now. */
  readonly effect?: DoseEffect;
}

/** What an onlooker says of a fault: `CPU of the targets 0.02 cores -> 1.01 cores`. */
export interface DoseEffect {
  readonly status: 'seen' | 'not-seen' | 'unknown';
  readonly detail: string;
}

export type Recovery =
  | {
      readonly status: 'recovered';
      readonly requestedAtMs: EpochMs;
      readonly recoveredAtMs: EpochMs;
      readonly evidence: string;
    }
  | {
      readonly status: 'unconfirmed';
      readonly requestedAtMs: EpochMs;
      readonly reason: string;
      /** The exact command to look, or to clean up, by hand. */
      readonly remedy: string;
    };

/** A run whose process is gone, as its journal tells it. */
export interface DeadRun {
  readonly runId: string;
  readonly environment: string;
  readonly processes: readonly RecordedProcess[];
  readonly temporaryFolders: readonly string[];
  /** The kinds of its faults; undefined where its journal does not tell. */
  readonly faultKinds?: readonly string[] | undefined;
}

export interface SweepScope {
  readonly runs: readonly DeadRun[];
  /** On a cluster: also what is there of any other run, unless one of `living` made it or its lease is alive. */
  readonly orphans?: { readonly living: readonly string[] };
  /** On a cluster: takes off the finalizer of what cannot be recovered. The fault may stay in the pods. */
  readonly force?: boolean;
}

export interface SweptFault {
  readonly runId: string;
  /** `replica orders-1 (pid 4711)`. */
  readonly what: string;
  readonly status: 'removed' | 'already-gone' | 'left';
  readonly detail: string;
}

/** The driver boundary of chaos. Adapters are created in `cli/` alone. */
export interface FaultInjector {
  /** Everything that would stop this fault, found without touching anything. */
  preflight(fault: PlannedFault, signal: AbortSignal): Promise<readonly Finding[]>;
  /** The targets that apply() will take; drawn by the run's id where the mode is random. */
  select(fault: PlannedFault, signal: AbortSignal): Promise<readonly PlannedTarget[]>;
  /** Rejects only when nothing was left behind, or with FAULT_NOT_RECOVERED. */
  apply(fault: PlannedFault, signal: AbortSignal): Promise<AppliedFault>;
  /** Removes every fault of the dead runs: the way out after a crash. Never rejects. */
  sweep(scope: SweepScope, signal: AbortSignal): Promise<readonly SweptFault[]>;
}

export interface AppliedFault {
  /** Resolves at the proof of injection; rejects with FAULT_NOT_INJECTED or the signal's reason. */
  injected(signal: AbortSignal): Promise<Injection>;
  /** Readings through the window, about one a second, until the signal aborts; then it returns. */
  dose(signal: AbortSignal): AsyncIterable<DoseReading>;
  /** Takes the fault out and proves it. Never rejects, takes no signal of the run, has its own deadline; may be called again. */
  recover(): Promise<Recovery>;
}
