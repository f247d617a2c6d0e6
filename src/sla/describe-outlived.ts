import type { Measurement } from '../bench/measurement.js';
import { formatReading } from '../shared/format-reading.js';
import { formatCount } from '../shared/units.js';
import type { NumberReading } from './compare.js';
import { compare } from './compare.js';
import { subjectOf } from './describe-judgement.js';
import { unitOf } from './describe-indicator.js';
import type { Intervals } from './find-interval.js';
import type { Objective } from './objective.js';
import { readCounted } from './read-indicator.js';

/**
 * Says so where leaving out the requests that outlived the fault window would change what the objective's reading says:
 * `47 requests outlived the fault window; without them the p95 would be 9.6 ms and its outcome pass.`
 */
export function describeOutlived(
  objective: Objective,
  limit: number,
  measurement: Measurement | undefined,
  intervals: Intervals,
  errorShare: number,
): string | undefined {
  if (measurement?.withinWindow === undefined) return undefined;
  const whole = readCounted(objective, measurement);
  if (whole?.status !== 'measured') return undefined;
  const { outlived } = measurement;
  const requests = outlived === 1 ? '1 request' : `${formatCount(outlived)} requests`;
  const without = `${requests} outlived the fault window; without ${outlived === 1 ? 'it' : 'them'}`;
  const within = readCounted(objective, { ...measurement, ...measurement.withinWindow });
  if (within?.status !== 'measured') return `${without} nothing would have been measured.`;
  const outcomeOf = (reading: NumberReading, part: Parameters<Intervals['of']>[2]) =>
    compare(objective, reading, limit, intervals.of(objective, 'fault', part), errorShare);
  const outcome = outcomeOf(within, measurement.withinWindow);
  if (outcome === outcomeOf(whole, measurement)) return undefined;
  const reading = formatReading(within.value, unitOf(objective.indicator));
  return `${without} the ${subjectOf(objective)} would be ${reading} and its outcome ${outcome}.`;
}
