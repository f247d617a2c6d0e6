import type { Limit } from './objective.js';
import { relate } from './resolve-limit.js';
import type { Interval } from './statistics/interval.js';
import { combineIntervals } from './statistics/relative-interval.js';

export type RelativeLimit = Exclude<Limit, { readonly kind: 'absolute' }>;

interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/**
 * The interval of a reading, with the uncertainty of the one that its limit relates to added, so that it is held against
 * the same limit. For a multiple it is that of the ratio. Where an end is 0 there is no ratio (handshakes on kept
 * connections take 0 ms): then it is that of the difference between the reading and what its limit allows.
 */
export function intervalAgainstLimit(own: Estimate, other: Estimate, limit: RelativeLimit): Interval {
  if (limit.kind === 'ratio' && [own, other].every(isPositive)) {
    return scaleToLimit(combineIntervals(own, other, 'ratio'), limit, other.value);
  }
  return intervalAgainstAllowed(own, other, limit);
}

/** The same always by the difference, which takes readings of 0 and needs no logarithm. */
export function intervalAgainstAllowed(own: Estimate, other: Estimate, limit: RelativeLimit): Interval {
  const at = (value: number) => relate(limit, value);
  const { low, high, confidence } = other.interval;
  const allowed = { value: at(other.value), interval: { low: at(low), high: at(high), confidence } };
  const difference = combineIntervals(own, allowed, 'difference');
  return {
    low: allowed.value + difference.low,
    high: allowed.value + difference.high,
    confidence: difference.confidence,
  };
}

/** From a multiple of the other reading, or a difference to it, to a reading. */
export function scaleToLimit(
  { low, high, confidence }: Interval,
  { kind, of }: RelativeLimit,
  other: number,
): Interval {
  const at = (bound: number) =>
    relate(kind === 'ratio' ? { kind, factor: bound, of } : { kind, plus: bound, of }, other);
  return { low: at(low), high: at(high), confidence };
}

function isPositive({ value, interval }: Estimate): boolean {
  return value > 0 && interval.low > 0;
}
