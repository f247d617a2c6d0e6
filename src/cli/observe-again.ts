import type { ServiceDescription } from '../chaos/environment.js';
import { toObservationRecord } from '../experiments/build-result.js';
import { loadConfig } from '../experiments/load-file.js';
import { judgedWindows, observeWindows } from '../experiments/observe-windows.js';
import { queriesOf } from '../experiments/queries-of.js';
import type { Result } from '../experiments/result-schema.js';
import type { MetricSource } from '../observe/metric-source.js';
import { PlimsollError } from '../shared/errors.js';
import type { Sla } from '../sla/objective.js';
import type { Observation } from '../sla/observation.js';
import { findObservations, isSameObservation } from '../sla/observation.js';
import type { CliContext } from './cli-context.js';
import { configFor } from './config-for.js';
import { createMetricSource } from './create-metric-source.js';

/**
 * The result with what queries that it has no answer to give now, over its own windows: a server keeps its samples for
 * days. Where the project names no server, nothing is asked, and the result stays as it is. What was read in the run is
 * never asked for again.
 */
export async function observeAgain(
  result: Result,
  sla: Sla,
  context: Pick<CliContext, 'cwd' | 'env' | 'clock' | 'interrupt'>,
): Promise<Result> {
  const known = (result.observations ?? []).filter(({ status }) => status === 'read');
  const windows = judgedWindows(result.windows);
  const unread = queriesOf(sla).filter((query) =>
    windows.some(({ phase }) => findObservations(known, phase, query).length === 0),
  );
  if (unread.length === 0) return result;
  const source = await sourceOf(result, context);
  if (source === undefined) return result;
  const { clock, interrupt } = context;
  const asked = await observeWindows({ queries: unread, windows, known, source, clock }, interrupt);
  const before: NonNullable<Result['observations']> = result.observations ?? [];
  const added = asked.flatMap((one): Observation[] => {
    if (one.status === 'read') return [one];
    // What the run itself has found out stands.
    if (before.some((other) => isSameObservation(one, other))) return [];
    return [{ ...one, reason: `it was not recorded in this run, and ${one.reason}` }];
  });
  const kept = before.filter((one) => !added.some((other) => isSameObservation(one, other)));
  return { ...result, observations: [...kept, ...added.map(toObservationRecord)] };
}

/** The server that the project of the working folder names for the environment of the run. */
async function sourceOf(
  { environment }: Result,
  { cwd, env }: Pick<CliContext, 'cwd' | 'env'>,
): Promise<MetricSource | undefined> {
  const services: readonly ServiceDescription[] = environment.services;
  try {
    const path = await configFor(undefined, cwd);
    const loaded = await loadConfig(path);
    if (!loaded.ok) return undefined;
    const config = { document: loaded.document, path };
    return createMetricSource({ config, environment: environment.name, services, env });
  } catch (error) {
    // A stored run can be judged anywhere, by whoever has neither the project nor its secrets.
    if (error instanceof PlimsollError) return undefined;
    throw error;
  }
}
