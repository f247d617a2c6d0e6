import { createTape } from '../../src/bench/create-tape.js';
import type { Measurements } from '../../src/bench/measurement.js';
import { RESULT_NO_RESPONSE, RESULT_OK } from '../../src/bench/sample-batch.js';
import type { PhaseWindow } from '../../src/shared/phases.js';
import { aBatch } from './a-batch.js';
import { createFakeClock } from './fake-clock.js';

/** A request of a phase. */
export interface RunRequest {
  /** From the start of its phase. */
  readonly atMs: number;
  readonly ms: number;
  readonly failed?: boolean;
  readonly endpoint?: string;
}

/** What was asked for in each phase; a phase that is left out was never reached. */
export interface RunRequests {
  readonly steady?: readonly RunRequest[];
  readonly fault?: readonly RunRequest[];
  readonly recovery?: readonly RunRequest[];
  /** Iterations that could not start, by phase. */
  readonly dropped?: Readonly<Partial<Record<'steady' | 'fault' | 'recovery', number>>>;
}

const T0 = 1_000_000;

/** Steady, fault and recovery of 15 s each, one second between them; the transitions are without requests. */
export const RUN_WINDOWS: readonly PhaseWindow[] = [
  { phase: 'steady', startMs: T0 + 1000, endMs: T0 + 16_000 },
  { phase: 'fault', startMs: T0 + 17_000, endMs: T0 + 32_000 },
  { phase: 'recovery', startMs: T0 + 33_000, endMs: T0 + 48_000 },
];

/** Measures such a run as the tape would. */
export function measureRun(run: RunRequests): Measurements {
  const clock = createFakeClock(T0);
  const tape = createTape({ clock });
  for (const { phase, startMs, endMs } of RUN_WINDOWS) {
    if (phase === 'warmup' || run[phase] === undefined) continue;
    clock.advanceTo(startMs);
    tape.begin(phase);
    clock.advanceTo(endMs);
    tape.end();
  }
  clock.advanceTo(T0 + 120_000);
  for (const { phase, startMs } of RUN_WINDOWS) {
    if (phase === 'warmup') continue;
    tape.write(
      aBatch(
        (run[phase] ?? []).map(({ atMs, ms, failed = false, endpoint = 'GET /' }) => ({
          startMs: startMs + atMs,
          latencyUs: ms * 1000,
          endpoint: tape.endpoint(endpoint),
          result: failed ? RESULT_NO_RESPONSE : RESULT_OK,
        })),
      ),
    );
    const dropped = run.dropped?.[phase] ?? 0;
    if (dropped > 0) tape.dropped(startMs, dropped);
  }
  return tape.measure();
}

/**
 * 100 requests a second, as many seconds as there are shapes: the first `slow` of them take 400 ms, the first `fail` fail.
 */
export function secondsOf(
  ...shapes: readonly (Omit<RunRequest, 'atMs'> & { readonly slow?: number; readonly fail?: number })[]
): RunRequest[] {
  return shapes.flatMap(({ ms, slow = 0, fail = 0, ...rest }, second) =>
    Array.from({ length: 100 }, (_, index) => ({
      ...rest,
      atMs: second * 1000 + index * 10,
      ms: index < slow ? 400 : ms,
      ...(index < fail ? { failed: true } : {}),
    })),
  );
}

/** The same second again and again. */
export function repeated<Shape>(count: number, shape: Shape): Shape[] {
  return Array.from({ length: count }, () => shape);
}
