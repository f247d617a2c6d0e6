import type { Phase, PhaseWindow } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import type { Measurement, Measurements, Slice, TaggedMeasurement } from './measurement.js';
import { ALL_ENDPOINTS } from './measurement.js';
import { NO_METRICS } from './measure-metrics.js';
import { mergeMeasurements } from './merge-measurements.js';
import type { MetricMeasurements } from './metric-measurement.js';
import type { Span } from './phase-windows.js';

export function createMeasurements(
  all: readonly Measurement[],
  slices: readonly Slice[],
  windows: readonly PhaseWindow[],
  tagged: readonly TaggedMeasurement[] = [],
  metrics: MetricMeasurements = NO_METRICS,
): Measurements {
  const find = (phase: Phase, endpoint: string) =>
    all.find((one) => one.phase === phase && one.endpoint === endpoint);
  return {
    all,
    slices,
    windows,
    tagged,
    metrics,
    find,
    findTagged(phase, tags) {
      const { name, ...others } = tags;
      const wanted = Object.entries(others);
      const whole = find(phase, name ?? ALL_ENDPOINTS);
      if (wanted.length === 0 || whole === undefined) return whole;
      const matching = tagged.filter(
        (part) =>
          (name === undefined || part.endpoint === name) &&
          wanted.every(([key, value]) => part.tags[key] === value),
      );
      if (matching.length === 0) return undefined;
      return mergeMeasurements(
        { phase, endpoint: whole.endpoint, durationMs: whole.durationMs },
        matching.filter((part) => part.phase === phase),
      );
    },
  };
}

/** What has been of each phase by then. */
export function windowsOf(spans: readonly Span[], nowMs: EpochMs): readonly PhaseWindow[] {
  return spans
    .map((span) => ({ ...span, endMs: Math.min(span.endMs, nowMs) }))
    .filter((span): span is Span & { readonly phase: Phase } => span.phase !== 'transition')
    .filter(({ startMs, endMs }) => startMs <= endMs);
}
