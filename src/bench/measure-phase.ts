import type { Phase } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import type { Measurement } from './measurement.js';
import { ALL_ENDPOINTS } from './measurement.js';
import type { Span } from './phase-windows.js';
import type { Tally } from './tally.js';
import { measurementOf } from './tally.js';

export interface TalliedPhase {
  readonly phase: Phase;
  /** Of the whole run; what lies after `nowMs` has not been measured. */
  readonly spans: readonly Span[];
  readonly nowMs: EpochMs;
  readonly endpoints: readonly string[];
  /** By the index of the endpoint. */
  readonly tallies: ReadonlyMap<number, Tally>;
  readonly dropped: number;
}

/** Of all endpoints together, then of each; none where the phase was never reached. */
export function measurementsOfPhase(of: TalliedPhase): Measurement[] {
  const { phase, nowMs, endpoints, tallies, dropped } = of;
  const spans = of.spans.filter((span) => span.phase === phase);
  if (spans.length === 0) return [];
  const durationMs = spans.reduce(
    (total, span) => total + Math.max(0, Math.min(span.endMs, nowMs) - span.startMs),
    0,
  );
  return [
    measurementOf({ phase, endpoint: ALL_ENDPOINTS, durationMs, dropped }, [...tallies.values()]),
    ...endpoints.map((endpoint, index) => {
      const tally = tallies.get(index);
      return measurementOf({ phase, endpoint, durationMs, dropped: 0 }, tally === undefined ? [] : [tally]);
    }),
  ];
}
