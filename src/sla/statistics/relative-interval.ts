import type { Interval } from './interval.js';

/** How two readings are related: one as a multiple of the other, or as the difference between them. */
export type Relation = 'ratio' | 'difference';

/** What each side of a bootstrap interval may miss, where there is one look alone. */
const TAIL = 0.05;

/**
 * An interval of 90 % for how the first percentile relates to the second, from resampled windows of each: the
 * percentile bootstrap. Its lower end above a limit is a test with at most 5 % of false alarms at the limit itself.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
 *
 * @param share of its error that it may spend, see error-spending.ts
 */
export function bootstrapInterval(
  first: readonly number[],
  second: readonly number[],
  relation: Relation,
  share = 1,
): Interval {
  const tail = TAIL * share;
  const related = first
    .map((value, index) => relate(value, second[index] ?? value, relation))
    .sort((a, b) => a - b);
  const at = (part: number) =>
    related[Math.min(related.length - 1, Math.floor(part * related.length))] ?? NaN;
  return { low: at(tail), high: at(1 - tail), confidence: 1 - 2 * tail };
}

/**
 * The same from the interval of each, where there are no seconds to resample: the distances to the ends are added as
 * independent errors are, for a ratio on the logarithms. Source: Zou and Donner, Statistics in Medicine 27 (2008), the
 * method of variance estimates recovery (MOVER).
 */
export function combineIntervals(
  first: { readonly value: number; readonly interval: Interval },
  second: { readonly value: number; readonly interval: Interval },
  relation: Relation,
): Interval {
  const [to, from] = relation === 'ratio' ? [Math.log, Math.exp] : [same, same];
  const centre = to(first.value) - to(second.value);
  const down = Math.hypot(
    to(first.value) - to(first.interval.low),
    to(second.interval.high) - to(second.value),
  );
  const up = Math.hypot(
    to(first.interval.high) - to(first.value),
    to(second.value) - to(second.interval.low),
  );
  return { low: from(centre - down), high: from(centre + up), confidence: first.interval.confidence };
}

function relate(first: number, second: number, relation: Relation): number {
  return relation === 'ratio' ? first / second : first - second;
}

function same(value: number): number {
  return value;
}
