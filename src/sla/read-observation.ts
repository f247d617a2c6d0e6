import { formatCount } from '../shared/units.js';
import type { Reading } from './judgement.js';
import type { JudgedPhase } from './objective.js';
import type { Observation, ObservedValue } from './observation.js';
import { findObservations } from './observation.js';
import type { PrometheusQuery, Reduction } from './prometheus-query.js';
import { rankOf } from './statistics/merged-buckets.js';

/** A reading of a query, and how many of its points had no number. */
export interface ObservedReading {
  readonly reading: Reading;
  readonly points: number;
  readonly gaps: number;
  readonly note?: string;
}

/** What the query was in the phase. Where no point has a number there is no reading, and it says why. */
export function readObservation(
  query: PrometheusQuery,
  phase: JudgedPhase,
  observations: readonly Observation[] | undefined,
  cutShort?: string,
): ObservedReading {
  const found = findObservations(observations ?? [], phase, query);
  if (found.length === 0) return missing(cutShort ?? 'the query was not recorded in this run');
  const read = found.flatMap((one) => (one.status === 'read' ? [one] : []));
  const unread = found.find((one) => one.status === 'missing');
  if (unread !== undefined) return missing(unread.reason);
  const values = read.flatMap((one) => one.values);
  const note = read.findLast((one) => one.note !== undefined)?.note;
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return missing(describeNothing(values, phase));
  const { evaluation } = query;
  const last = values.at(-1);
  const isLast = evaluation.kind === 'instant' || evaluation.reduce.kind === 'last';
  if (isLast && typeof last !== 'number') {
    const why = note === undefined ? '' : `: ${note}`;
    return missing(`its last point in the ${phase} phase is ${nameOf(last)}${why}`);
  }
  const value = evaluation.kind === 'instant' ? last : reduce(numbers, evaluation.reduce);
  return {
    reading: { status: 'measured', value: Number(value), unit: 'plain', samples: numbers.length },
    points: values.length,
    gaps: isLast ? 0 : values.length - numbers.length,
    ...(note === undefined ? {} : { note }),
  };
}

/** @param numbers in order of time; there is one at least */
export function reduce(numbers: readonly number[], reduction: Reduction): number {
  switch (reduction.kind) {
    case 'max':
      return numbers.reduce((most, value) => Math.max(most, value), -Infinity);
    case 'min':
      return numbers.reduce((least, value) => Math.min(least, value), Infinity);
    case 'avg':
      return average(numbers);
    case 'last':
      return numbers.at(-1) ?? NaN;
    case 'percentile': {
      const sorted = numbers.toSorted((a, b) => a - b);
      return sorted[rankOf(reduction.percent, sorted.length) - 1] ?? NaN;
    }
  }
}

/** By parts, since a sum may be larger than any number. */
function average(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b).reduce((sum, value) => sum + value / numbers.length, 0);
}

function describeNothing(values: readonly ObservedValue[], phase: JudgedPhase): string {
  const words = new Set(values.map(nameOf));
  const [word] = words;
  if (values.length === 0) return `the ${phase} phase has no point at which it could be evaluated`;
  return words.size === 1 && word !== undefined && word !== NO_DATA
    ? `it was ${word} throughout the ${phase} phase`
    : `the query gave ${words.size === 1 ? 'no data' : 'no number'} in the ${phase} phase`;
}

const NO_DATA = 'without data';

function nameOf(value: ObservedValue | undefined): string {
  return value === null || value === undefined ? NO_DATA : String(value);
}

/** Why a pass cannot be told from what is there: a point without a number may have been any. */
export function describeGaps({ gaps, points, note }: Omit<ObservedReading, 'reading'>): string {
  const count = `${formatCount(gaps)} of its ${formatCount(points)} points ${gaps === 1 ? 'has' : 'have'} no number`;
  return note === undefined ? count : `${count} (${note})`;
}

function missing(reason: string): ObservedReading {
  return { reading: { status: 'missing', reason }, points: 0, gaps: 0 };
}
