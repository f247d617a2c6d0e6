import type { BenchmarkReading, BenchmarkSeries, Benchmarks } from '../../src/bench/benchmark.js';

/** One measuring, complete. */
export function aBenchmarkReading(overrides: Partial<BenchmarkReading> = {}): BenchmarkReading {
  return {
    name: 'BenchmarkOrderSubmit',
    procs: 2,
    iterations: 100,
    startMs: 0,
    endMs: 100,
    values: [{ unit: 'p95-ms', value: 12 }],
    ...overrides,
  };
}

/** A series of values, one after another. */
export function aBenchmarkSeries(
  phase: BenchmarkSeries['phase'],
  values: readonly number[],
  overrides: Partial<BenchmarkSeries> = {},
): BenchmarkSeries {
  return {
    name: 'BenchmarkOrderSubmit',
    procs: 2,
    unit: 'p95-ms',
    better: 'lower',
    phase,
    values: values.map((value, index) => ({
      value,
      iterations: 100,
      startMs: index * 1000,
      endMs: index * 1000 + 900,
    })),
    ...overrides,
  };
}

export function someBenchmarks(...series: readonly BenchmarkSeries[]): Benchmarks {
  return { config: { goos: 'linux', pkg: 'example.com/orders' }, series };
}
