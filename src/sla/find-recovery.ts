import type { Measurements, Slice } from '../bench/measurement.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import { formatReadingAgainst } from '../shared/format-reading.js';
import { formatCount, formatDuration } from '../shared/units.js';
import { nameOf, unitOf } from './describe-indicator.js';
import type { Reading } from './judgement.js';
import type { Objective } from './objective.js';
import type { OpenSlice, SliceObjective } from './read-stretch.js';
import { clearlyMisses, holdsOver, isSilent, lengthOf, openSlice, readOver } from './read-stretch.js';
import { resolveLimit } from './resolve-limit.js';
import type { FailureTreatment } from './treat-failures.js';

/** Seconds are read together, so that one slow request does not undo a recovery. */
const STRETCH_MS = 5000;
/** So long the objectives must hold before it can be said that they stay. */
export const STAYS_MS = 3000;
/** A border leaves a slice that is too short to stand alone. */
const SHORTEST_MS = 500;
const FEWEST_REQUESTS = 10;

/** A steady objective that seconds can be held against. */
interface SteadyObjective extends SliceObjective {
  readonly text: string;
}

/** What is known of a recovery phase. */
export interface RecoveryEvidence {
  readonly steady: readonly Objective[];
  readonly slices: readonly Slice[];
  /** When the fault was asked to end. */
  readonly requestedAtMs: EpochMs;
  readonly windowStartMs: EpochMs;
  readonly windowEndMs: EpochMs;
  /** The measurements whose steady phase says what the load was like. */
  readonly steadyMeasurements: Measurements;
  readonly baseline?: Measurements;
}

/**
 * The time in ms from the request to take the fault out until the steady objectives hold again, and stay. It ends
 * - after the last second from which a stretch of 5 s clearly misses an objective, or is silent, and
 * - where all requests from there to the end of the phase, taken together, hold.
 * "At least" is read where the phase ended before, or within the 3 s that must be seen to hold. It is a number only for
 * objectives without tags, since slices hold all endpoints together. docs/decisions/0007 has the reasons.
 */
export function findRecovery(evidence: RecoveryEvidence): Reading {
  const { slices, requestedAtMs, windowStartMs, windowEndMs } = evidence;
  const objectives = readable(evidence);
  if (objectives.length === 0) return missing(describeUnreadable(evidence.steady));
  const inPhase = slices
    .filter(
      ({ phase, startMs, endMs }) => phase === 'recovery' && startMs < windowEndMs && endMs > windowStartMs,
    )
    .toSorted((a, b) => a.startMs - b.startMs);
  const opened = openAs(inPhase, objectives);
  const seconds = opened('as-measured');
  const samples = seconds.reduce((total, { requests }) => total + requests, 0);
  const numberAt = (atMs: EpochMs) =>
    ({ value: Math.max(0, atMs - requestedAtMs), unit: 'ms', samples }) as const;

  const ratePerMs = steadyRatePerMs(evidence.steadyMeasurements);
  const misses = (objective: SliceObjective, index: number) =>
    clearlyMisses(objective, stretchFrom(opened(objective.failures), index));
  const lastBad = seconds.findLastIndex((_, index) => {
    const stretch = stretchFrom(seconds, index);
    if (index > 0 && lengthOf(stretch) < SHORTEST_MS) return false;
    return isSilent(stretch, ratePerMs) || objectives.some((objective) => misses(objective, index));
  });
  const notBefore = (atMs: EpochMs): Reading => {
    const missed = objectives.find((objective) => misses(objective, lastBad));
    const still =
      missed === undefined
        ? 'no request ended any more'
        : describeMissed(missed, stretchFrom(opened(missed.failures), lastBad));
    return { status: 'at-least', ...numberAt(atMs), still };
  };
  const from = lastBad + 1;
  const recoveredAtMs = seconds[from]?.startMs ?? windowEndMs;
  if (lastBad >= 0 && lengthOf(seconds.slice(from)) < SHORTEST_MS) return notBefore(windowEndMs);
  if (samples < FEWEST_REQUESTS) return missing(describeTooFew(samples));
  if (from > 0 && windowEndMs - recoveredAtMs < STAYS_MS) return notBefore(recoveredAtMs);

  const holding = seconds.findIndex(
    ({ startMs }, index) =>
      index >= from &&
      (index === 0 || windowEndMs - startMs >= STAYS_MS) &&
      objectives.every((objective) => holdsOver(objective, opened(objective.failures).slice(index))),
  );
  return holding < 0
    ? missing(describeUndecided(recoveredAtMs - requestedAtMs))
    : { status: 'measured', ...numberAt(seconds[holding]?.startMs ?? windowEndMs) };
}

/** The slices as each objective counts their failed requests. */
function openAs(
  slices: readonly Slice[],
  objectives: readonly SliceObjective[],
): (treatment?: FailureTreatment) => readonly OpenSlice[] {
  const usual = slices.map((slice) => openSlice(slice));
  const others = new Map(
    objectives.flatMap(({ failures }) =>
      failures === undefined ? [] : [[failures, slices.map((slice) => openSlice(slice, failures))] as const],
    ),
  );
  return (treatment = 'as-measured') => others.get(treatment) ?? usual;
}

/** The objectives that can be held against slices, with their limits. */
function readable({ steady, steadyMeasurements, baseline }: RecoveryEvidence): readonly SteadyObjective[] {
  const evidence = {
    measurements: steadyMeasurements,
    cutShort: {},
    ...(baseline === undefined ? {} : { baseline }),
  };
  return steady.flatMap((objective) => {
    if (Object.keys(objective.tags).length > 0 || isBesideRequests(objective)) return [];
    const limit = resolveLimit(objective, 'steady', evidence);
    return limit.status === 'resolved' ? [{ ...objective, limit: limit.value }] : [];
  });
}

/** Its readings are not in the seconds. */
function isBesideRequests({ indicator }: Objective): boolean {
  return ['metric', 'bench', 'prometheus'].includes(indicator.kind);
}

function stretchFrom(seconds: readonly OpenSlice[], index: number): readonly OpenSlice[] {
  const startMs = seconds[index]?.startMs ?? 0;
  return seconds.filter((second, at) => at >= index && second.startMs < startMs + STRETCH_MS);
}

function steadyRatePerMs(measurements: Measurements): number {
  const steady = measurements.find('steady', ALL_ENDPOINTS);
  return steady === undefined || steady.durationMs <= 0 ? 0 : steady.requests / steady.durationMs;
}

/** `p95 was still 303 ms (steady: p95 <= 120ms)`. */
function describeMissed(objective: SteadyObjective, stretch: readonly OpenSlice[]): string {
  const { indicator, limit, text } = objective;
  const value = readOver(objective, stretch);
  const read = value === undefined ? 'unknown' : formatReadingAgainst(value, limit, unitOf(indicator));
  return `${nameOf(indicator)} ${indicator.kind === 'errors' ? 'were' : 'was'} still ${read} (steady: ${text})`;
}

function describeUnreadable(steady: readonly Objective[]): string {
  return steady.length === 0
    ? 'there is no steady objective that could hold again'
    : 'no steady objective can be read second by second: seconds know all endpoints together alone, and need a limit';
}

function describeTooFew(samples: number): string {
  return samples === 0
    ? 'no request was answered in the recovery phase'
    : `${formatCount(samples)} ${samples === 1 ? 'request is' : 'requests are'} too few to tell; it takes ${FEWEST_REQUESTS}`;
}

function describeUndecided(afterMs: DurationMs): string {
  return `from ${formatDuration(afterMs)} on the steady objectives were near their limits, neither held nor clearly missed`;
}

function missing(reason: string): Reading {
  return { status: 'missing', reason };
}
