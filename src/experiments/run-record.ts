import type { LoadOutcome } from '../bench/load-generator.js';
import type { PlannedFault, Target } from '../chaos/fault-injector.js';
import type { Finding } from '../shared/finding.js';
import type { PhaseWindow } from '../shared/phases.js';
import type { RunEvent } from '../shared/run-event.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import type { Observation } from '../sla/observation.js';
import type { FaultRecord, RunStatus } from './result-schema.js';

/** What happened in a run: written down while it went on, judged later. */
export interface RunRecord {
  readonly startedAtMs: EpochMs;
  readonly endedAtMs: EpochMs;
  readonly status: RunStatus;
  /** Why it ended so, in a sentence; empty for `completed`. */
  readonly statusReason: string;
  /** The signal of an interrupted run. */
  readonly signal?: 'SIGINT' | 'SIGTERM';
  readonly windows: readonly PhaseWindow[];
  readonly faults: readonly FaultHistory[];
  readonly events: readonly RunEvent[];
  /** Undefined where the load was never started. */
  readonly load?: LoadOutcome;
  /** The largest step of the wall clock against the run's clock. */
  readonly maxClockStepMs: DurationMs;
  /** The furthest that what the load had measured was behind the clock. */
  readonly maxLagMs: DurationMs;
  /** What could not be stopped or removed at the end; empty as it should be. */
  readonly leftBehind: readonly Finding[];
  /** What the queries of the objectives gave, phase by phase. */
  readonly observations: readonly Observation[];
}

/** One fault of the plan, with what became of it. */
export interface FaultHistory {
  readonly fault: PlannedFault;
  /** Of the last injection; before any, the planned ones. */
  readonly targets: readonly Target[];
  readonly injections: FaultRecord['injections'];
  readonly dose: FaultRecord['dose'];
}
