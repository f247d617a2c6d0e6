import { readBenchmark } from './benchmarks/read-benchmark.js';
import type { Evidence } from './evidence.js';
import { exact } from './exact-number.js';
import type { Reading } from './judgement.js';
import type { JudgedPhase, Limit, Objective } from './objective.js';
import { readPhase } from './read-indicator.js';

/** The limit as a number in the indicator's unit, or why there is none. */
export type ResolvedLimit =
  | {
      readonly status: 'resolved';
      readonly value: number;
      /** The reading that a relative limit relates to. */
      readonly reference?: Extract<Reading, { readonly status: 'measured' }>;
    }
  | { readonly status: 'missing'; readonly reason: string };

/** Relates a relative limit to the steady phase of the run, or to the same phase of the baseline. */
export function resolveLimit(
  { indicator, tags, limit }: Pick<Objective, 'indicator' | 'tags' | 'limit'>,
  phase: JudgedPhase,
  evidence: Pick<Evidence, 'measurements' | 'baseline' | 'cutShort' | 'benchmarks' | 'baselineBenchmarks'>,
): ResolvedLimit {
  if (limit.kind === 'absolute') return { status: 'resolved', value: limit.value };
  const { measurements, baseline, cutShort } = evidence;
  if (limit.of === 'baseline' && baseline === undefined) {
    return missing('its limit relates to a baseline, and none was given');
  }
  const reference =
    indicator.kind === 'bench'
      ? limit.of === 'steady'
        ? readBenchmark(indicator, 'steady', evidence.benchmarks, cutShort.steady)
        : readBenchmark(indicator, phase, evidence.baselineBenchmarks)
      : limit.of === 'steady'
        ? readPhase(indicator, tags, 'steady', measurements, cutShort.steady)
        : readPhase(indicator, tags, phase, baseline ?? measurements);
  if (reference.status !== 'measured') {
    const why = reference.status === 'missing' ? `: ${reference.reason}` : '';
    return missing(`its limit relates to ${nameOf(limit)}, which has no such reading${why}`);
  }
  return { status: 'resolved', value: relate(limit, reference.value), reference };
}

/** What a relative limit makes of the reading that it relates to. */
export function relate(limit: Exclude<Limit, { kind: 'absolute' }>, reference: number): number {
  return exact(limit.kind === 'ratio' ? limit.factor * reference : reference + limit.plus);
}

function nameOf(limit: Exclude<Limit, { kind: 'absolute' }>): string {
  return limit.of === 'steady' ? 'the steady phase' : 'the baseline';
}

function missing(reason: string): ResolvedLimit {
  return { status: 'missing', reason };
}
