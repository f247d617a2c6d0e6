import type { Phase } from '../shared/phases.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import type { Endpoint } from './endpoint-table.js';
import type { Measurement, TaggedMeasurement } from './measurement.js';
import { ALL_ENDPOINTS } from './measurement.js';
import type { Span } from './phase-windows.js';
import type { Tally } from './tally.js';
import { measurementOf } from './tally.js';

export interface TalliedPhase {
  readonly phase: Phase;
  /** Of the whole run; what lies after `nowMs` has not been measured. */
  readonly spans: readonly Span[];
  readonly nowMs: EpochMs;
  readonly endpoints: readonly Endpoint[];
  /** By the index of the endpoint. */
  readonly tallies: ReadonlyMap<number, Tally>;
  readonly dropped: number;
}

/** What of a phase has passed; undefined where it was never reached. */
export function phaseLengthMs(phase: Phase, all: readonly Span[], nowMs: EpochMs): DurationMs | undefined {
  const spans = all.filter((span) => span.phase === phase);
  if (spans.length === 0) return undefined;
  return spans.reduce((total, span) => total + Math.max(0, Math.min(span.endMs, nowMs) - span.startMs), 0);
}

/** Of all endpoints together, then of each by its name; none where the phase was never reached. */
export function measurementsOfPhase({
  phase,
  spans,
  nowMs,
  endpoints,
  tallies,
  dropped,
}: TalliedPhase): Measurement[] {
  const durationMs = phaseLengthMs(phase, spans, nowMs);
  if (durationMs === undefined) return [];
  const named = new Map<string, Tally[]>(endpoints.map(({ name }) => [name, []]));
  for (const [index, tally] of tallies) named.get(endpoints[index]?.name ?? '')?.push(tally);
  return [
    measurementOf({ phase, endpoint: ALL_ENDPOINTS, durationMs, dropped }, [...tallies.values()]),
    ...Array.from(named, ([endpoint, those]) =>
      measurementOf({ phase, endpoint, durationMs, dropped: 0 }, those),
    ),
  ];
}

/** The requests that are told apart by tags, each with those of its endpoint that have the same ones. */
export function taggedOfPhase({
  phase,
  spans,
  nowMs,
  endpoints,
  tallies,
}: TalliedPhase): TaggedMeasurement[] {
  const durationMs = phaseLengthMs(phase, spans, nowMs);
  if (durationMs === undefined) return [];
  return endpoints.flatMap(({ name, tags }, index) => {
    const tally = tallies.get(index);
    if (Object.keys(tags).length === 0 || tally === undefined) return [];
    return [{ ...measurementOf({ phase, endpoint: name, durationMs, dropped: 0 }, [tally]), tags }];
  });
}
