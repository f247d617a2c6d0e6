import type { Phase, PhaseWindow } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import type { Measurement, Measurements, Slice } from './measurement.js';
import type { Span } from './phase-windows.js';

export function createMeasurements(
  all: readonly Measurement[],
  slices: readonly Slice[],
  windows: readonly PhaseWindow[],
): Measurements {
  return {
    all,
    slices,
    windows,
    find: (phase, endpoint) => all.find((one) => one.phase === phase && one.endpoint === endpoint),
  };
}

/** What has been of each phase by then. */
export function windowsOf(spans: readonly Span[], nowMs: EpochMs): readonly PhaseWindow[] {
  return spans
    .map((span) => ({ ...span, endMs: Math.min(span.endMs, nowMs) }))
    .filter((span): span is Span & { readonly phase: Phase } => span.phase !== 'transition')
    .filter(({ startMs, endMs }) => startMs <= endMs);
}
