import type { JudgedPhase, Sla } from '../sla/objective.js';
import { JUDGED_PHASES } from '../sla/objective.js';
import type { PrometheusQuery } from '../sla/prometheus-query.js';
import { describeWhen } from '../sla/prometheus-query.js';

/** The queries of the objectives of these phases; those that differ in what their points become alone are one. */
export function queriesOf(
  sla: Sla,
  phases: readonly JudgedPhase[] = JUDGED_PHASES,
): readonly PrometheusQuery[] {
  const queries = phases.flatMap((phase) =>
    sla[phase].flatMap(({ indicator }) => (indicator.kind === 'prometheus' ? [indicator.query] : [])),
  );
  const known = new Map(
    queries.map((query) => [`${describeWhen(query.evaluation)}\n${query.query}`, query] as const),
  );
  return [...known.values()];
}
