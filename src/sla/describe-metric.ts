import type { MetricSelector } from '../bench/metric-series.js';
import type { MetricIndicator, MetricStatistic, Objective } from './objective.js';

/** The indicator as an objective has it: `metric("queue_wait", "p95")`, `check("status is 201")`. */
export function nameOfMetric({ name, check, statistic }: MetricIndicator): string {
  if (check !== undefined) return `check("${check}")`;
  return statistic.kind === 'value'
    ? `metric("${name}")`
    : `metric("${name}", "${nameOfStatistic(statistic)}")`;
}

export function nameOfStatistic(statistic: MetricStatistic): string {
  return statistic.kind === 'percentile' ? `p${statistic.percent}` : statistic.kind;
}

/** The samples that an objective with these tags reads. */
export function selectorOf({ name, check }: MetricIndicator, tags: Objective['tags']): MetricSelector {
  return { name, tags: check === undefined ? tags : { ...tags, check } };
}
