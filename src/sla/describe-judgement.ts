import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { formatReading, formatReadingAgainst } from '../shared/format-reading.js';
import { formatShare } from '../shared/units.js';
import type { NumberReading } from './compare.js';
import { boundOf, holds } from './compare.js';
import { nameOf, unitOf } from './describe-indicator.js';
import { describeNotRecovered } from './describe-recovery.js';
import type { Comparator, IndicatorUnit, Limit, Objective } from './objective.js';
import type { Interval } from './statistics/interval.js';

/** `p95`, `POST /orders p95`: how an objective's indicator is called in a sentence. */
export function subjectOf({ indicator, tags }: Pick<Objective, 'indicator' | 'tags'>): string {
  const { name = ALL_ENDPOINTS, ...others } = tags;
  const read =
    Object.keys(others).length === 0 ? nameOf(indicator) : `${nameOf(indicator)}{${describeTags(others)}}`;
  return name === ALL_ENDPOINTS ? read : `${name} ${read}`;
}

/** `method="POST", scenario="checkout"`. */
export function describeTags(tags: Objective['tags']): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}="${value}"`)
    .join(', ');
}

/** `p95 412 ms is over the limit of 350 ms`; `whose` limit it is may be said otherwise. */
export function describeComparison(
  objective: Objective,
  reading: NumberReading,
  limit: number,
  interval?: Interval,
  whose: 'the limit' | 'its warn limit' = 'the limit',
): string {
  const { indicator, comparator } = objective;
  const unit = unitOf(indicator);
  const value = formatReadingAgainst(reading.value, limit, unit) + describeInterval(interval, unit);
  const bound = `${whose} of ${formatReading(limit, unit)}${describeRelation(objective.limit, unit)}`;
  if (reading.status === 'at-least') {
    return describeNotRecovered(reading, limit, bound);
  }
  const standing = describeStanding(
    holds(boundOf(reading.value, unit), comparator, limit),
    comparator,
    reading.value === limit,
  );
  switch (indicator.kind) {
    case 'recovery':
      return `recovery took ${value}, ${standing} ${bound}`;
    case 'dropped':
      return `${value} ${reading.value === 1 ? 'iteration' : 'iterations'} could not start, ${standing} ${bound}`;
    case 'errors':
      return `${subjectOf(objective)} ${value} are ${standing} ${bound}`;
    case 'percentile':
    case 'mean':
    case 'max':
    case 'availability':
    case 'rate':
    case 'metric':
    case 'prometheus':
    case 'bench':
      return `${subjectOf(objective)} ${value} is ${standing} ${bound}`;
  }
}

function describeStanding(held: boolean, comparator: Comparator, equal: boolean): string {
  switch (comparator) {
    case '<=':
      return held ? 'within' : 'over';
    case '<':
      return held ? 'below' : equal ? 'at, and not below,' : 'over';
    case '>=':
      return held ? 'not under' : 'under';
    case '>':
      return held ? 'above' : equal ? 'at, and not above,' : 'under';
  }
}

/** ` (95 % interval 396 to 431 ms)`; nothing where its ends look the same. */
function describeInterval(interval: Interval | undefined, unit: IndicatorUnit): string {
  if (interval === undefined) return '';
  const [low, high] = [formatReading(interval.low, unit), formatReading(interval.high, unit)];
  if (low === high) return '';
  const unitOfHigh = / \D+$/.exec(high)?.[0] ?? '';
  const start = low.endsWith(unitOfHigh) ? low.slice(0, low.length - unitOfHigh.length) : low;
  return ` (${formatShare(interval.confidence)} interval ${start} to ${high})`;
}

/** ` (3x steady)`, behind the number that it came to; nothing behind an absolute limit. */
function describeRelation(limit: Limit, unit: IndicatorUnit): string {
  if (limit.kind === 'absolute') return '';
  if (limit.kind === 'ratio')
    return limit.factor === 1 ? ` (${limit.of})` : ` (${limit.factor}x ${limit.of})`;
  const sign = limit.plus < 0 ? '-' : '+';
  return ` (${limit.of} ${sign} ${formatReading(Math.abs(limit.plus), unit)})`;
}
