import type { Observation } from '../sla/observation.js';
import type { PrometheusQuery } from '../sla/prometheus-query.js';
import { isKnown, judgedWindows, missing, observeWindows } from './observe-windows.js';
import { queriesOf } from './queries-of.js';
import type { Running } from './run-phase.js';

/** Reads the queries of the steady state, before a fault is put in. */
export async function observeSteady(run: Running, signal: AbortSignal): Promise<void> {
  const { plan, clock, metrics: source, windows, observations } = run;
  const steady = judgedWindows(windows.windows()).filter(({ phase }) => phase === 'steady');
  const queries = queriesOf(plan.sla, ['steady']);
  announce(run, queries);
  observations.push(
    ...(await observeWindows({ queries, windows: steady, known: observations, source, clock }, signal)),
  );
}

/** Reads all queries over the phases that the run has had so far, between two trials. */
export async function observeSoFar(run: Running, signal: AbortSignal): Promise<void> {
  const { plan, clock, metrics: source, observations } = run;
  const queries = queriesOf(plan.sla);
  announce(run, queries);
  const windows = judgedWindows(run.windows.windows());
  observations.push(
    ...(await observeWindows({ queries, windows, known: observations, source, clock }, signal)),
  );
}

/**
 * Reads all queries over all phases that the run has had, once it is over: with the others, whatever the objectives ask
 * for later can be judged again. Never rejects.
 */
export async function observeRest(run: Running, interrupt: AbortSignal): Promise<readonly Observation[]> {
  const { plan, clock, metrics: source, observations: known } = run;
  const windows = judgedWindows(run.windows.windows());
  const queries = queriesOf(plan.sla);
  announce(run, queries);
  try {
    const rest = await observeWindows({ queries, windows, known, source, clock }, interrupt);
    return [...known, ...rest];
  } catch (thrown) {
    if (!interrupt.aborted) throw thrown;
    const unread = windows.flatMap((window) =>
      queries.map((query) => missing(query, window, 'the run was interrupted before it was read')),
    );
    return [...known, ...unread.filter((one) => !isKnown(known, one))];
  }
}

function announce({ metrics, log }: Running, { length }: readonly PrometheusQuery[]): void {
  if (metrics === undefined || length === 0) return;
  const queries = length === 1 ? '1 query' : `${length} queries`;
  log.add('metrics-asked', `Prometheus at ${metrics.address} is asked for ${queries}`);
}
