import { ALL_ENDPOINTS, type Measurements, type Slice } from '../../bench/measurement.js';
import type { RunEvent } from '../../shared/run-event.js';
import type { EpochMs } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import { mergeBuckets } from '../../sla/statistics/merged-buckets.js';
import type { FaultRecord } from '../result-schema.js';
import { compareRequests, type RequestsSeen } from './compare-requests.js';
import { expectedSign, type ExpectedSign } from './expected-sign.js';

export type DoseProof = NonNullable<FaultRecord['dose']['proof']>;

/** What there is to look for signs in. */
export interface Signs {
  readonly measurements: Measurements;
  readonly events: readonly RunEvent[];
}

interface Stretch {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** A fault that stays must show in each part of its time: one that somebody else ended is not seen in the last. */
const PARTS = 3;
const SHORTEST_PART_MS = 3000;

/**
 * Whether a fault acted, by signs that its injector has no part in: what the load and Kubernetes saw. That a status says
 * "injected" is bookkeeping. Undefined where it was never in.
 */
export function proveDose(fault: FaultRecord, signs: Signs): DoseProof | undefined {
  const stretches = stretchesOf(fault);
  if (stretches.length === 0) return undefined;
  const { apiVersion, spec } = fault.manifest;
  // Evictions and drains go through the API server, whose pods and nodes prove them as they are put in.
  if (typeof apiVersion === 'string' && !apiVersion.startsWith('chaos-mesh.org/')) return undefined;
  if (fault.dose.expected === 'off') return { status: 'off', detail: 'the experiment asks for no proof' };
  const sign = expectedSign(fault.kind, fault.action, (spec ?? {}) as Readonly<Record<string, unknown>>);
  if (sign.kind === 'pods') return fromPods(fault, sign, signs.events);
  return withEffect(fromRequests(stretches, sign, signs), fault.dose.effect);
}

/** Either of the two proves it; where the requests are silent, what the cluster's metrics say counts. */
function withEffect(proof: DoseProof, effect: FaultRecord['dose']['effect']): DoseProof {
  if (effect === undefined || proof.status === 'proven') return proof;
  const status = { seen: 'proven', 'not-seen': 'none', unknown: proof.status } as const;
  return {
    status: status[effect.status],
    detail: effect.status === 'seen' ? effect.detail : `${effect.detail}; ${proof.detail}`,
  };
}

/** The times in which it was in, from the proof of its injection to the request to take it out. */
function stretchesOf({ injections }: FaultRecord): readonly Stretch[] {
  return injections.flatMap(({ injectedAtMs, recoverRequestedAtMs }) =>
    injectedAtMs === null || recoverRequestedAtMs === null
      ? []
      : [{ fromMs: injectedAtMs, toMs: recoverRequestedAtMs }],
  );
}

function fromPods(
  { targets, injections }: FaultRecord,
  { events: kinds, what }: Extract<ExpectedSign, { readonly kind: 'pods' }>,
  events: readonly RunEvent[],
): DoseProof {
  const sinceMs = Math.min(...injections.map(({ requestedAtMs }) => requestedAtMs));
  const ids = new Set(targets.map(({ id }) => id));
  const hit = new Set(
    events
      .filter(({ kind, atMs }) => kinds.includes(kind) && atMs >= sinceMs)
      .flatMap(({ target }) => (target !== undefined && ids.has(target) ? [target] : [])),
  );
  const detail = `${hit.size} of ${ids.size} targets were ${what}, as Kubernetes tells`;
  return { status: hit.size > 0 ? 'proven' : 'none', detail };
}

function fromRequests(
  stretches: readonly Stretch[],
  { slowerByMs, isDue }: Extract<ExpectedSign, { readonly kind: 'requests' }>,
  { measurements }: Signs,
): DoseProof {
  const before = measurements.find('steady', ALL_ENDPOINTS);
  if (before === undefined) return { status: 'unknown', detail: 'there is no steady phase to compare with' };
  const steady = {
    lengthMs: before.durationMs,
    requests: before.requests,
    failures: before.failures,
    buckets: before.latency.buckets(),
  };
  const parts = cut(stretches).map((part) => ({
    part,
    comparison: compareRequests(steady, requestsIn(part, measurements.slices), slowerByMs),
  }));
  const [first] = parts;
  if (first === undefined || parts.some(({ comparison }) => comparison.status === 'too-few')) {
    const few = parts.find(({ comparison }) => comparison.status === 'too-few');
    return {
      status: 'unknown',
      detail: few?.comparison.detail ?? 'it was in for too short a time to be seen',
    };
  }
  const blind = parts.find(({ comparison }) => comparison.status === 'alike');
  if (blind === undefined) return { status: 'proven', detail: first.comparison.detail };
  const when =
    parts.length === 1
      ? ''
      : ` from ${offset(blind.part.fromMs, stretches)} to ${offset(blind.part.toMs, stretches)} after its injection`;
  const isAll = parts.every(({ comparison }) => comparison.status === 'alike');
  const detail = isAll ? blind.comparison.detail : `${blind.comparison.detail}${when}`;
  return { status: isDue ? 'none' : 'unknown', detail };
}

/** What is looked at together. The last one has what outlived the fault, too. */
interface Part extends Stretch {
  readonly within: readonly Stretch[];
  readonly isLast: boolean;
}

/** In equal parts where one injection is long enough for it; what comes and goes is looked at as a whole. */
function cut(stretches: readonly Stretch[]): readonly Part[] {
  const [only, ...others] = stretches;
  if (only === undefined) return [];
  const lengthMs = only.toMs - only.fromMs;
  if (others.length > 0 || lengthMs < PARTS * SHORTEST_PART_MS)
    return [{ ...only, within: stretches, isLast: true }];
  return Array.from({ length: PARTS }, (_, index) => {
    const part = {
      fromMs: only.fromMs + (lengthMs * index) / PARTS,
      toMs: only.fromMs + (lengthMs * (index + 1)) / PARTS,
    };
    return { ...part, within: [part], isLast: index === PARTS - 1 };
  });
}

/** Slices are cut by when requests ended: one that lies across a border is counted where its middle is. */
function requestsIn({ within, isLast }: Part, slices: readonly Slice[]): RequestsSeen {
  const endMs = Math.max(...within.map(({ toMs }) => toMs));
  const seen = slices.filter(({ phase, ...slice }) => {
    const middleMs = (slice.startMs + slice.endMs) / 2;
    return (
      phase === 'fault' &&
      ((isLast && middleMs >= endMs) ||
        within.some(({ fromMs, toMs }) => fromMs <= middleMs && middleMs < toMs))
    );
  });
  return {
    requests: seen.reduce((sum, { requests }) => sum + requests, 0),
    failures: seen.reduce((sum, { failures }) => sum + failures, 0),
    buckets: mergeBuckets(seen.map(({ latency }) => latency.buckets())),
    lengthMs: within.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
  };
}

function offset(atMs: EpochMs, [first]: readonly Stretch[]): string {
  return formatDuration(Math.round((atMs - (first?.fromMs ?? atMs)) / 1000) * 1000);
}
