import type { Benchmarks } from '../bench/benchmark.js';
import type { LoadGenerator } from '../bench/load-generator.js';
import type { Measurements } from '../bench/measurement.js';
import type { SampleFile } from '../bench/samples/create-sample-file.js';
import type { Shelf } from '../bench/shelf.js';
import type { TapeFile } from '../bench/tape-file/create-tape-file.js';
import type { Tape } from '../bench/tape.js';
import type { Environment } from '../chaos/environment.js';
import type { MetricSource } from '../observe/metric-source.js';
import { inOneLine, PlimsollError, withRemedy } from '../shared/errors.js';
import type { Phase } from '../shared/phases.js';
import type { RunEvent } from '../shared/run-event.js';
import type { Clock, DurationMs } from '../shared/time.js';
import type { Observation } from '../sla/observation.js';
import type { HaltSwitch } from './halt-switch.js';
import { type FaultCourse } from './fault-course.js';
import type { Journal } from './journal.js';
import type { Plan } from './plan.js';
import { RunEnd } from './run-end.js';
import { type RunLog } from './run-log.js';
import type { RunObserver } from './run-observer.js';
import { type WindowLog } from './window-log.js';

export interface RunParts {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly generator: LoadGenerator;
  readonly journal: Journal;
  readonly observer: RunObserver;
  /** Where the environment's events come from. Returns the way to unsubscribe. */
  readonly onEnvironmentEvent: (listener: (event: RunEvent) => void) => () => void;
  /** Where the tape is written while the run goes on; nowhere by default. */
  readonly tapeFile?: TapeFile;
  /** Where the seconds are kept until they are judged; in memory by default. */
  readonly shelf?: Shelf;
  /** Where the metrics of the services are; undefined where the environment names no server. */
  readonly metrics?: MetricSource;
  /** Where every single request is written; nowhere by default. */
  readonly sampleFile?: SampleFile;
  /** For how long some process of this machine has waited for a processor by now, where that is known. */
  readonly cpuWaitMs?: () => DurationMs | undefined;
  /** Looked at before a fault is put in, and while it is in. */
  readonly halt?: HaltSwitch;
  /** The accepted result that limits may relate to; read between trials. */
  readonly baseline?: Measurements;
  readonly baselineObservations?: readonly Observation[];
  readonly baselineBenchmarks?: Benchmarks;
  /** The run is ended when so much time has passed since it began. */
  readonly maxDurationMs?: DurationMs;
}

/** What the steps of one run share. */
export interface Running extends RunParts {
  readonly plan: Plan;
  readonly tape: Tape;
  readonly log: RunLog;
  readonly windows: WindowLog;
  readonly courses: readonly FaultCourse[];
  /** What queries gave so far. */
  readonly observations: Observation[];
  /** Aborts, with a RunEnd, when the run cannot or must not go on. */
  readonly trouble: AbortController;
}

/** Begins the phase and waits for its end; the border that ends it is the caller's. */
export async function runPhase(
  { clock, observer, plan, windows }: Running,
  phase: Phase,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const startMs = windows.begin(phase);
  const plannedMs = plan.phasesMs[phase];
  observer.step({ kind: 'phase', phase, startMs, plannedMs });
  await clock.sleep(Math.max(0, startMs + plannedMs - clock.nowMs()), signal);
}

/** An expected failure as the end of the run; a bug as it is. */
export function asEnd(status: RunEnd['status'], thrown: unknown): unknown {
  if (!(thrown instanceof PlimsollError)) return thrown;
  return new RunEnd(status, withRemedy(inOneLine(thrown.message), thrown.remedy));
}
