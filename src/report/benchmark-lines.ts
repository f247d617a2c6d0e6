import type { Result } from '../experiments/result-schema.js';
import { viewBenchmarks, type BenchmarkCell, type BenchmarkRow } from './view-benchmarks.js';

/** A benchmark in one line: `BenchmarkOrderSubmit p95-ms  steady 15.6 -> fault 228.4 (+1,361 %, p < 0.001) -> recovery 14.2 (~)`. */
export function benchmarkLines(result: Result): readonly string[] {
  const rows = viewBenchmarks(result)?.groups.flatMap((group) => group.rows) ?? [];
  return rows.map(
    (row) =>
      `${row.name} ${row.unit}  steady ${row.steady.median} -> fault ${describeCell(row.fault)} -> recovery ${describeCell(row.recovery)}`,
  );
}

/** Rows of cells, for a table of Markdown. */
export function benchmarkCells(result: Result): readonly (readonly string[])[] {
  const rows = viewBenchmarks(result)?.groups.flatMap((group) => group.rows) ?? [];
  return rows.map(({ name, unit, steady, fault, recovery }: BenchmarkRow) => [
    name,
    unit,
    withInterval(steady),
    withInterval(fault),
    changeOf(fault),
    withInterval(recovery),
    changeOf(recovery),
  ]);
}

function describeCell(cell: BenchmarkCell): string {
  const change = changeOf(cell);
  return change === '' ? cell.median : `${cell.median} (${change})`;
}

function withInterval({ median, interval, readings }: BenchmarkCell): string {
  return `${median}${interval === '' ? '' : ` (${interval})`}, ${readings}`;
}

function changeOf({ change, p }: BenchmarkCell): string {
  return change === '' ? '' : `${change}, ${p}`;
}
