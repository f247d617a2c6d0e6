import { nameOfMetric } from './describe-metric.js';
import type { Indicator, IndicatorUnit } from './objective.js';
import { describeQuery } from './prometheus-query.js';

/** The unit of an indicator's readings and limits. */
export function unitOf(indicator: Indicator): IndicatorUnit {
  switch (indicator.kind) {
    case 'percentile':
    case 'mean':
    case 'max':
      return 'us';
    case 'errors':
    case 'availability':
      return 'share';
    case 'rate':
      return 'per-second';
    case 'dropped':
      return 'count';
    case 'recovery':
      return 'ms';
    case 'metric':
      return indicator.unit;
    case 'prometheus':
    case 'bench':
      return 'plain';
  }
}

/** The indicator as an objective has it: `p99.9`, `errors`, `metric("queue")`. */
export function nameOf(indicator: Indicator): string {
  switch (indicator.kind) {
    case 'percentile':
      return `p${indicator.percent}`;
    case 'metric':
      return nameOfMetric(indicator);
    case 'prometheus':
      return describeQuery(indicator.query);
    case 'bench':
      return `bench("${indicator.name}", "${indicator.unit}")`;
    case 'mean':
    case 'max':
    case 'errors':
    case 'availability':
    case 'rate':
    case 'dropped':
    case 'recovery':
      return indicator.kind;
  }
}

/** Whether it speaks of how long requests, or something in the load, took. */
export function isLatency(indicator: Indicator): boolean {
  return unitOf(indicator) === 'us' || (indicator.kind === 'metric' && indicator.unit === 'ms');
}

/** The percentile that is estimated; undefined for what is counted. */
export function percentOf(indicator: Indicator): number | undefined {
  if (indicator.kind === 'percentile') return indicator.percent;
  if (indicator.kind !== 'metric' || indicator.statistic.kind !== 'percentile') return undefined;
  return indicator.statistic.percent;
}
