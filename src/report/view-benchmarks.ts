import type { Result } from '../experiments/result-schema.js';
import { formatCount } from '../shared/units.js';
import { formatInterval } from './format-interval.js';
import { formatReading } from './format-reading.js';

type BenchmarksRecord = NonNullable<Result['benchmarks']>;
type ComparisonRecord = BenchmarksRecord['comparisons'][number];
type SummaryRecord = NonNullable<ComparisonRecord['phases']['steady']>;

/** Where a change is no more than chance brings in one of twenty comparisons it is no change. */
const SIGNIFICANT = 0.05;

/** One phase of one benchmark in one unit. */
export interface BenchmarkCell {
  /** `228.4`; an en dash where there is no reading. */
  readonly median: string;
  /** `221.8 to 271.6`; empty where there are too few readings for one. */
  readonly interval: string;
  /** `11 readings`. */
  readonly readings: string;
  /** Against the steady phase: `+1,909 %`, or `~` where chance explains it; empty where there is nothing to compare. */
  readonly change: string;
  /** `p < 0.001`. */
  readonly p: string;
  /** A change that chance does not explain, to the side that is not better. */
  readonly isWorse: boolean;
}

export interface BenchmarkRow {
  readonly name: string;
  readonly unit: string;
  readonly steady: BenchmarkCell;
  readonly fault: BenchmarkCell;
  readonly recovery: BenchmarkCell;
}

/** What the benchmarks reported, phase beside phase. */
export interface BenchmarksView {
  readonly groups: readonly { readonly name: string; readonly rows: readonly BenchmarkRow[] }[];
  /** `goos linux, cpu AMD EPYC`. */
  readonly config: string;
  /** What counts nowhere. */
  readonly apart: string;
}

/** Null where the load ran none. */
export function viewBenchmarks({ benchmarks }: Result): BenchmarksView | null {
  if (benchmarks === undefined) return null;
  const { comparisons, config, series } = benchmarks;
  const rows = comparisons.map((comparison) => viewRow(comparison, comparisons));
  const names = [...new Set(rows.map(({ name }) => name))];
  return {
    groups: names.map((name) => ({ name, rows: rows.filter((row) => row.name === name) })),
    config: Object.entries(config)
      .map(([key, value]) => `${key} ${value}`)
      .join(', '),
    apart: describeApart(series),
  };
}

function viewRow(comparison: ComparisonRecord, all: readonly ComparisonRecord[]): BenchmarkRow {
  const { name, procs, unit, better, phases } = comparison;
  // Go's own way to tell them apart, where there is more than one.
  const isAlone = all.every((other) => other.name !== name || other.procs === procs);
  const cell = (summary: SummaryRecord | undefined) => viewCell(summary, better);
  return {
    name: isAlone || procs === 1 ? name : `${name}-${procs}`,
    unit,
    steady: cell(phases.steady),
    fault: cell(phases.fault),
    recovery: cell(phases.recovery),
  };
}

function viewCell(summary: SummaryRecord | undefined, better: ComparisonRecord['better']): BenchmarkCell {
  if (summary === undefined) {
    return { median: '–', interval: '', readings: 'no reading', change: '', p: '', isWorse: false };
  }
  const { median, interval, readings, change, p } = summary;
  const isSignificant = p !== undefined && p < SIGNIFICANT;
  const worse = better === null || change === undefined ? 0 : better === 'lower' ? change : -change;
  return {
    median: formatReading(median, 'plain'),
    interval: interval === undefined ? '' : formatInterval(interval.low, interval.high, 'plain'),
    readings: `${formatCount(readings)} ${readings === 1 ? 'reading' : 'readings'}`,
    change: p === undefined ? '' : isSignificant ? formatChange(change) : '~',
    p: p === undefined ? '' : p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`,
    isWorse: isSignificant && worse > 0,
  };
}

function formatChange(change: number | undefined): string {
  if (change === undefined) return 'changed';
  const percent = change * 100;
  const digits = Math.abs(percent) >= 10 ? formatCount(Math.abs(percent)) : Math.abs(percent).toFixed(1);
  return `${percent < 0 ? '-' : '+'}${digits} %`;
}

function describeApart(series: BenchmarksRecord['series']): string {
  const starts = new Map<string, Set<number>>();
  for (const { name, procs, phase, values } of series) {
    if (phase !== 'transition') continue;
    const key = `${name}-${procs}`;
    const known = starts.get(key) ?? new Set();
    for (const { startMs } of values) known.add(startMs);
    starts.set(key, known);
  }
  const count = [...starts.values()].reduce((sum, known) => sum + known.size, 0);
  if (count === 0) return '';
  return count === 1
    ? '1 measuring reached over the border of a phase and counts nowhere.'
    : `${formatCount(count)} measurings reached over the border of a phase and count nowhere.`;
}
