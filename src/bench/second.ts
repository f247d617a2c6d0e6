import { PHASES } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import { encodedDistribution } from './encoded-distribution.js';
import type { LatencyRecorder } from './histogram.js';
import { addBlock, countOf, createRecorder, distributionOf, encodeBlock } from './histogram.js';
import type { LatencyDistribution, Slice } from './measurement.js';
import type { MetricPart } from './metric-tally.js';
import type { Membership } from './phase-windows.js';
import { RESULT_OK } from './sample-batch.js';

export type SlicePhase = Slice['phase'];
export const SLICE_PHASES: readonly SlicePhase[] = [...PHASES, 'transition'];
export const MEMBERSHIPS: readonly Membership[] = ['within', 'outlived', 'set-apart', 'none'];

/** What the requests of one part of a second have in common. */
export interface PartKind {
  /** In which they started. */
  readonly phase: SlicePhase;
  readonly membership: Membership;
  /** The index of the endpoint. */
  readonly endpoint: number;
  /** RESULT_OK, RESULT_FAILED_RESPONSE or RESULT_NO_RESPONSE. */
  readonly result: number;
}

/** What they add up to. */
export interface Part extends PartKind {
  readonly requests: number;
  /** The sum of the latencies in two whole numbers, microseconds and the nanoseconds beyond them. */
  readonly sumUs: number;
  readonly sumNs: number;
  readonly maxUs: number;
  /** Their distribution as an HDR V2 block, not compressed. */
  readonly block: Uint8Array;
}

/**
 * What ended within one second, counted from the last border, or within what of it lies before the next: the finest
 * that is kept of a run. From its seconds every measurement can be made again.
 */
export interface Second {
  /** The index of the span between two borders that it is part of. */
  readonly span: number;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly parts: readonly Part[];
  /** Iterations that could not start, by the phase in which they were due. */
  readonly dropped: ReadonlyMap<SlicePhase, number>;
  /** Metrics that objectives name, of the samples that belong to a phase. */
  readonly metrics: readonly MetricPart[];
}

/** What a recorder holds, as a part. */
export function toPart(kind: PartKind, recorder: LatencyRecorder): Part {
  const { sumUs, sumNs, maxUs } = recorder;
  return { ...kind, requests: countOf(recorder), sumUs, sumNs, maxUs, block: encodeBlock(recorder) };
}

/** Adds what is in a part to a recorder. */
export function addPart(total: LatencyRecorder, part: Part): void {
  addBlock(total, part.block, part);
}

const RESULTS = 3;
const ENDPOINTS = 0x10000;

/** A kind as a number, so that a sample finds its part without making a string or an object. */
export function partKey({ phase, membership, endpoint, result }: PartKind): number {
  const place = SLICE_PHASES.indexOf(phase) * MEMBERSHIPS.length + MEMBERSHIPS.indexOf(membership);
  return (place * ENDPOINTS + endpoint) * RESULTS + result;
}

export function kindOfKey(key: number): PartKind {
  const place = Math.floor(key / (RESULTS * ENDPOINTS));
  return {
    phase: SLICE_PHASES[Math.floor(place / MEMBERSHIPS.length)] ?? 'transition',
    membership: MEMBERSHIPS[place % MEMBERSHIPS.length] ?? 'none',
    endpoint: Math.floor(key / RESULTS) % ENDPOINTS,
    result: key % RESULTS,
  };
}

/**
 * The slices of a second: that of its span's phase first, even where it is empty, then any other with something in it.
 */
export function slicesOf(second: Second, own: SlicePhase): Slice[] {
  const expected = own !== 'transition' && second.startMs < second.endMs;
  return SLICE_PHASES.toSorted((a, b) => Number(b === own) - Number(a === own)).flatMap((phase) => {
    const parts = second.parts.filter((part) => slicePhaseOf(part) === phase);
    const dropped = second.dropped.get(phase) ?? 0;
    const isEmpty = parts.length === 0 && dropped === 0;
    return isEmpty && !(expected && phase === own) ? [] : [toSlice(second, phase, parts, dropped)];
  });
}

/** What counts in no phase is shown in the transition's slices. */
function slicePhaseOf({ phase, membership }: PartKind): SlicePhase {
  return membership === 'within' || membership === 'outlived' ? phase : 'transition';
}

function toSlice(
  { startMs, endMs }: Second,
  phase: SlicePhase,
  parts: readonly Part[],
  dropped: number,
): Slice {
  const failed = parts.filter(({ result }) => result !== RESULT_OK);
  return {
    startMs,
    endMs,
    phase,
    requests: countAll(parts),
    failures: countAll(failed),
    dropped,
    latency: distributionOfParts(parts),
    ...(failed.length === 0 ? {} : { failedLatency: distributionOfParts(failed) }),
  };
}

function distributionOfParts(parts: readonly Part[]): LatencyDistribution {
  const latency = createRecorder();
  for (const part of parts) addPart(latency, part);
  return encodedDistribution(distributionOf(latency).encode());
}

function countAll(parts: readonly Part[]): number {
  return parts.reduce((total, { requests }) => total + requests, 0);
}
