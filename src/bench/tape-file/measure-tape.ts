import { PlimsollError } from '../../shared/errors.js';
import type { Phase } from '../../shared/phases.js';
import { PHASES } from '../../shared/phases.js';
import type { EpochMs } from '../../shared/time.js';
import { createMeasurements, windowsOf } from '../create-measurements.js';
import { measurementsOfPhase, taggedOfPhase } from '../measure-phase.js';
import { measureMetrics, metricSlicesOf, tallyMetrics } from '../measure-metrics.js';
import type { Measurements } from '../measurement.js';
import { type Second, slicesOf } from '../second.js';
import { addPartTo, createTally, type Tally } from '../tally.js';
import type { StoredTape } from './stored-tape.js';

export interface MeasuredWindow {
  /** The whole seconds that were measured: those that lie within what was asked for. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** By phase, as ever: a request is of the phase in which it started, and of the window in which it ended. */
  readonly measurements: Measurements;
}

/** What the run measured, to the last digit; of a tape that was cut short, what the run had measured by then. */
export function measureTape(tape: StoredTape): Measurements {
  return measureSeconds(tape, tape.seconds, -Infinity, tape.endMs);
}

/**
 * Measures what ended in the whole seconds within a span of time.
 * @throws {PlimsollError} USAGE where no whole second lies within it.
 */
export function measureWindow(tape: StoredTape, fromMs: EpochMs, toMs: EpochMs): MeasuredWindow {
  const seconds = secondsWithin(tape, fromMs, toMs);
  const first = seconds[0];
  const last = seconds.at(-1);
  if (first === undefined || last === undefined) {
    throw new PlimsollError('USAGE', `run ${tape.runId} has no whole second between the two moments`, {
      remedy: 'take a longer window, or one within the run; plimsoll tape tells from when to when it went',
    });
  }
  return {
    fromMs: first.startMs,
    toMs: last.endMs,
    measurements: measureSeconds(tape, seconds, first.startMs, last.endMs),
  };
}

export function secondsWithin(tape: StoredTape, fromMs: EpochMs, toMs: EpochMs): readonly Second[] {
  return tape.seconds.filter((second) => second.startMs >= fromMs && second.endMs <= toMs);
}

function measureSeconds(
  tape: StoredTape,
  seconds: readonly Second[],
  fromMs: EpochMs,
  toMs: EpochMs,
): Measurements {
  const tallies = new Map<Phase, Map<number, Tally>>(PHASES.map((phase) => [phase, new Map()]));
  const dropped = new Map<Phase, number>();
  const slices = seconds.flatMap((second) => {
    for (const part of second.parts) {
      if (part.phase === 'transition') continue;
      const ofPhase = tallies.get(part.phase) ?? new Map<number, Tally>();
      const tally = ofPhase.get(part.endpoint) ?? createTally();
      ofPhase.set(part.endpoint, tally);
      addPartTo(tally, part);
    }
    for (const [phase, count] of second.dropped) {
      if (phase !== 'transition') dropped.set(phase, (dropped.get(phase) ?? 0) + count);
    }
    return slicesOf(second, tape.spans[second.span]?.phase ?? 'transition');
  });
  const spans = tape.spans.map((span) => ({ ...span, startMs: Math.max(span.startMs, fromMs) }));
  const phases = PHASES.map((phase) => ({
    phase,
    spans,
    nowMs: toMs,
    endpoints: tape.endpoints,
    tallies: tallies.get(phase) ?? new Map<number, Tally>(),
    dropped: dropped.get(phase) ?? 0,
  }));
  const { metrics } = tape;
  return createMeasurements(
    phases.flatMap(measurementsOfPhase),
    slices,
    windowsOf(spans, toMs),
    phases.flatMap(taggedOfPhase),
    measureMetrics(metrics, tallyMetrics(metrics, seconds), {
      spans,
      nowMs: toMs,
      slices: seconds.flatMap((second) => metricSlicesOf(second, metrics)),
    }),
  );
}
