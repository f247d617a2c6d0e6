import type { MetricSource } from '../observe/metric-source.js';
import type { Clock } from '../shared/time.js';
import type { Observation } from '../sla/observation.js';
import { isSameObservation } from '../sla/observation.js';
import type { PrometheusQuery } from '../sla/prometheus-query.js';
import { describeWhen } from '../sla/prometheus-query.js';
import { awaitSamples } from './await-samples.js';
import { type JudgedWindow, readObservationOf } from './read-observation-of.js';

export interface WantedObservations {
  readonly queries: readonly PrometheusQuery[];
  readonly windows: readonly JudgedWindow[];
  /** What has been read already is not asked for again. */
  readonly known: readonly Observation[];
  readonly source: MetricSource | undefined;
  readonly clock: Clock;
}

/** The phases that are judged, of all windows of a run. */
export function judgedWindows(
  windows: readonly { readonly phase: string; readonly startMs: number; readonly endMs: number }[],
): readonly JudgedWindow[] {
  return windows.flatMap(({ phase, startMs, endMs }) =>
    phase === 'steady' || phase === 'fault' || phase === 'recovery' ? [{ phase, startMs, endMs }] : [],
  );
}

/**
 * Reads every query over every window, once the server has scraped them. What cannot be read is missing, with its reason;
 * rejects with the signal's reason alone.
 */
export async function observeWindows(
  { queries, windows, known, source, clock }: WantedObservations,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const wanted = windows.flatMap((window) =>
    queries.flatMap((query) => (isKnown(known, missing(query, window, '')) ? [] : [{ query, window }])),
  );
  if (wanted.length === 0) return [];
  if (source === undefined) {
    const reason =
      'the environment has no Prometheus server: name it in plimsoll.yaml, under "prometheus" of the environment';
    return wanted.map(({ query, window }) => missing(query, window, reason));
  }
  const untilMs = Math.max(...wanted.map(({ window }) => window.endMs));
  const texts = [...new Set(wanted.map(({ query }) => query.query))];
  await awaitSamples({ source, queries: texts, untilMs, clock }, signal);
  const observations: Observation[] = [];
  // One after another: a server under the same fault as its services is not to be stormed.
  for (const { query, window } of wanted) {
    observations.push(await readObservationOf(query, window, source, signal));
  }
  return observations;
}

/** The same without asking: why nothing was read. */
export function missing(
  { query, evaluation }: PrometheusQuery,
  { phase, startMs }: JudgedWindow,
  reason: string,
): Observation {
  const when = describeWhen(evaluation);
  return { phase, query, when, phaseStartMs: Math.floor(startMs), status: 'missing', reason };
}

/** Whether there is one of the same query, phase and trial. */
export function isKnown(known: readonly Observation[], wanted: Observation): boolean {
  return known.some((one) => isSameObservation(one, wanted));
}
