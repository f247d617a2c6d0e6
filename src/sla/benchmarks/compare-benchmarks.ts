import type { Benchmarks, BenchmarkSeries, Better } from '../../bench/benchmark.js';
import { JUDGED_PHASES, type JudgedPhase } from '../objective.js';
import type { Interval } from '../statistics/interval.js';
import { mannWhitneyP } from '../statistics/mann-whitney.js';
import { medianInterval } from '../statistics/median-interval.js';
import { medianOf } from '../statistics/median.js';

/** One benchmark in one unit, phase beside phase. */
export interface BenchmarkComparison {
  readonly name: string;
  readonly procs: number;
  readonly unit: string;
  readonly better: Better | null;
  readonly phases: Readonly<Partial<Record<JudgedPhase, BenchmarkSummary>>>;
}

export interface BenchmarkSummary {
  readonly readings: number;
  readonly median: number;
  /** Of the median; undefined where there are too few readings for one. */
  readonly interval?: Interval;
  /** The change of the median against the steady phase, as a share of that; undefined where there is nothing to relate to. */
  readonly change?: number;
  /** Of the U test against the steady phase. */
  readonly p?: number;
}

/** What benchstat would say of the phases: golang.org/x/perf/cmd/benchstat. */
export function compareBenchmarks({ series }: Benchmarks): readonly BenchmarkComparison[] {
  const groups = new Map<string, BenchmarkSeries[]>();
  for (const one of series) {
    const key = JSON.stringify([one.name, one.procs, one.unit]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { name, procs, unit, better } = first;
    const valuesIn = (phase: JudgedPhase) =>
      group.find((one) => one.phase === phase)?.values.map(({ value }) => value) ?? [];
    const steady = valuesIn('steady');
    const phases = Object.fromEntries(
      JUDGED_PHASES.flatMap((phase) => {
        const values = valuesIn(phase);
        return values.length === 0 ? [] : [[phase, summarize(values, phase === 'steady' ? [] : steady)]];
      }),
    );
    return [{ name, procs, unit, better, phases }];
  });
}

function summarize(values: readonly number[], steady: readonly number[]): BenchmarkSummary {
  const median = medianOf(values);
  const interval = medianInterval(values);
  const before = medianOf(steady);
  const p = mannWhitneyP(steady, values);
  const change = median / before - 1;
  return {
    readings: values.length,
    median,
    ...(interval === undefined ? {} : { interval }),
    ...(Number.isFinite(change) ? { change } : {}),
    ...(p === undefined ? {} : { p }),
  };
}
