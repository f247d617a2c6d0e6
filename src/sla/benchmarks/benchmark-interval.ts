import type { Benchmarks } from '../../bench/benchmark.js';
import type { Evidence } from '../evidence.js';
import { intervalAgainstAllowed } from '../interval-against-limit.js';
import type { BenchmarkIndicator, JudgedPhase, Objective } from '../objective.js';
import type { Interval } from '../statistics/interval.js';
import { medianInterval } from '../statistics/median-interval.js';
import { medianOf } from '../statistics/median.js';
import { findSeries } from './read-benchmark.js';

/**
 * Where the median of the benchmark lies in the phase. None in the steady phase, as for percentiles, and none of fewer
 * readings than it takes. Where the limit relates to another median, that one's uncertainty is added, so that the
 * interval is held against the same limit: it is that of the difference between the reading and what its limit
 * allows, which needs no logarithm and so takes a benchmark that reports 0.
 */
export function benchmarkInterval(
  { limit, confidence }: Pick<Objective, 'limit' | 'confidence'>,
  indicator: BenchmarkIndicator,
  phase: JudgedPhase,
  {
    benchmarks,
    baselineBenchmarks,
    errorShare = 1,
  }: Pick<Evidence, 'benchmarks' | 'baselineBenchmarks' | 'errorShare'>,
): Interval | undefined {
  if (confidence === 'point' || phase === 'steady') return undefined;
  const own = medianWithInterval(indicator, phase, benchmarks, errorShare);
  if (own === undefined || limit.kind === 'absolute') return own?.interval;
  const other =
    limit.of === 'steady'
      ? medianWithInterval(indicator, 'steady', benchmarks, errorShare)
      : medianWithInterval(indicator, phase, baselineBenchmarks, errorShare);
  if (other === undefined) return undefined;
  return intervalAgainstAllowed(own, other, limit);
}

function medianWithInterval(
  indicator: BenchmarkIndicator,
  phase: JudgedPhase,
  benchmarks: Benchmarks | undefined,
  share: number,
): { readonly value: number; readonly interval: Interval } | undefined {
  const found = findSeries(indicator, phase, benchmarks);
  if (found.status === 'missing') return undefined;
  const values = found.series.values.map(({ value }) => value);
  const interval = medianInterval(values, share);
  return interval === undefined ? undefined : { value: medianOf(values), interval };
}
