/** What Chaos Mesh has written down about one target. */
export interface ChaosRecord {
  /** `namespace/pod`, `namespace/pod/container`, or what else the kind acts on. */
  readonly id: string;
  /** `.` for the selector of the spec, `.Target` for the other side of a NetworkChaos. */
  readonly selectorKey: string;
  readonly phase: 'not-injected' | 'injecting' | 'injected' | 'recovering';
  readonly injectedCount: number;
  readonly recoveredCount: number;
  /** Of the newest event, where that is a failure. */
  readonly failure: string | undefined;
}

/** Where a chaos object stands. What of it is proof, and of what, is decided in `readChaosState` alone. */
export interface ChaosState {
  /**
   * - `selecting`: no target yet; for ever, where none matches.
   * - `injecting`: targets are known; not every one carries the fault.
   * - `injected`: every target carries the fault, or was hit by a fault that acts once.
   * - `paused`: somebody set the pause annotation.
   * - `recovering`: the fault is on its way out; some target may carry it still.
   * - `recovered`: it was in, and every target is proven free of it.
   * - `never-injected`: it is on its way out, and no target ever carried it.
   */
  readonly status:
    'selecting' | 'injecting' | 'injected' | 'paused' | 'recovering' | 'recovered' | 'never-injected';
  readonly records: readonly ChaosRecord[];
  /** The object is being deleted, by us or by somebody else. */
  readonly deleting: boolean;
}

/** The newest failure that a target tells of: `default/web-1: cannot find daemonIP on node worker-2`. */
export function describeFailure(state: ChaosState): string | undefined {
  const failed = state.records.find(({ failure }) => failure !== undefined);
  return failed === undefined ? undefined : `${failed.id}: ${failed.failure ?? ''}`;
}
