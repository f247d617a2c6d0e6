import type { NumberReading } from './compare.js';
import { compare, samplesNeeded } from './compare.js';
import { describeComparison, subjectOf } from './describe-judgement.js';
import type { Warning } from './judgement.js';
import type { Objective } from './objective.js';
import type { ResolvedLimit } from './resolve-limit.js';
import type { Interval } from './statistics/interval.js';

/**
 * Whether the reading is beyond its warn limit: certainly where its whole interval is, possibly where a part of it is.
 * Undefined where it keeps to the warn limit, and where there is too little to say anything.
 *
 * @param objective with the warn limit in the place of its own
 * @param interval of that objective
 */
export function findWarning(
  objective: Objective,
  reading: NumberReading,
  limit: ResolvedLimit,
  interval: Interval | undefined,
  errorShare: number,
): Warning | undefined {
  if (reading.samples < samplesNeeded(objective, errorShare)) return undefined;
  if (limit.status === 'missing') {
    const reason = `the warn limit of ${subjectOf(objective)} is not known: ${limit.reason}`;
    return { status: 'unknown', reason };
  }
  const { value } = limit;
  const outcome = compare(objective, reading, value, interval, errorShare);
  if (outcome === 'pass' || (outcome === 'inconclusive' && interval === undefined)) return undefined;
  const comparison = describeComparison(objective, reading, value, interval, 'its warn limit');
  return outcome === 'breach'
    ? { status: 'certain', limit: value, reason: comparison }
    : { status: 'possible', limit: value, reason: `${comparison}, but not all of its interval is` };
}
