import type { DurationMs, EpochMs } from '../shared/time.js';
import type { JudgedPhase } from './objective.js';
import type { PrometheusQuery } from './prometheus-query.js';
import { describeWhen } from './prometheus-query.js';

/** A point of a query's answer: a number, a number that cannot be judged, or null where there was no data. */
export type ObservedValue = number | 'NaN' | '+Inf' | '-Inf' | null;

/** What a metric source said of one query over one phase: kept, so that it can be judged again without the source. */
export type Observation = {
  readonly phase: JudgedPhase;
  readonly query: string;
  /** When it was evaluated: `every 5 s`, `at the end`. */
  readonly when: string;
  /** When its phase began, to the millisecond; a run of several trials has several of each phase. */
  readonly phaseStartMs: EpochMs;
} & (
  | {
      readonly status: 'read';
      readonly firstMs: EpochMs;
      readonly stepMs: DurationMs;
      readonly values: readonly ObservedValue[];
      /** Why points at its end have no data, where that is known. */
      readonly note?: string;
    }
  | { readonly status: 'missing'; readonly reason: string }
);

/** The observations of the query in the phase, one for each trial, whatever it is reduced to; in order of time. */
export function findObservations(
  observations: readonly Observation[],
  phase: JudgedPhase,
  { query, evaluation }: Pick<PrometheusQuery, 'query' | 'evaluation'>,
): readonly Observation[] {
  const when = describeWhen(evaluation);
  return observations
    .filter((one) => one.phase === phase && one.query === query && one.when === when)
    .toSorted((a, b) => a.phaseStartMs - b.phaseStartMs);
}

/** Whether two observations are of the same query in the same phase of the same trial. */
export function isSameObservation(one: Observation, other: Observation): boolean {
  return (
    one.phase === other.phase &&
    one.query === other.query &&
    one.when === other.when &&
    one.phaseStartMs === other.phaseStartMs
  );
}
