import type { LoadReads } from '../bench/load-reads.js';
import { selectorKey } from '../bench/metric-series.js';
import { selectorOf } from '../sla/describe-metric.js';
import { JUDGED_PHASES, type Sla } from '../sla/objective.js';

/** What the objectives read of the load besides all requests together; whatever else a load tells is passed over. */
export function planReads(sla: Sla): LoadReads | undefined {
  const objectives = JUDGED_PHASES.flatMap((phase) => sla[phase]);
  const metrics = objectives.flatMap(({ indicator, tags }) =>
    indicator.kind === 'metric' ? [selectorOf(indicator, tags)] : [],
  );
  const tags = objectives.flatMap((objective) =>
    objective.indicator.kind === 'metric' ? [] : Object.entries(objective.tags),
  );
  const valuesOf = (key: string) => [
    ...new Set(tags.filter(([name]) => name === key).map(([, value]) => value)),
  ];
  const keys = [...new Set(tags.map(([key]) => key))].filter((key) => key !== 'name');
  if (tags.length + metrics.length === 0) return undefined;
  return {
    endpoints: valuesOf('name'),
    tags: Object.fromEntries(keys.map((key) => [key, valuesOf(key)])),
    metrics: [...new Map(metrics.map((selector) => [selectorKey(selector), selector])).values()],
  };
}
