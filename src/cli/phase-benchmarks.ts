import type { BenchmarkReading } from '../bench/benchmark.js';
import { formatReading } from '../shared/format-reading.js';
import { formatCount } from '../shared/units.js';
import { medianOf } from '../sla/statistics/median.js';

/** What the benchmarks of a phase have reported while it goes on. */
export interface PhaseBenchmarks {
  readonly add: (reading: BenchmarkReading) => void;
  count(): number;
  /** `BenchmarkOrderSubmit   31 readings   median 15.6 p95-ms`. */
  describe(): string;
}

const ALWAYS_THERE = new Set(['ns/op', 'B/op', 'allocs/op', 'MB/s']);

export function createPhaseBenchmarks(): PhaseBenchmarks {
  const readings: BenchmarkReading[] = [];
  return {
    add: (reading) => {
      readings.push(reading);
    },
    count: () => readings.length,
    describe: () => {
      const names = [...new Set(readings.map(({ name }) => name))];
      const counted = `${formatCount(readings.length)} ${readings.length === 1 ? 'reading' : 'readings'}`;
      const [name] = names;
      if (name === undefined || names.length > 1) return `${names.length} benchmarks   ${counted}`;
      return `${name}   ${counted}   ${describeMedian(readings)}`;
    },
  };
}

/** Of a unit of the benchmark's own, where it has one: it is what somebody took the trouble to report. */
function describeMedian(readings: readonly BenchmarkReading[]): string {
  const units = [...new Set(readings.flatMap(({ values }) => values.map(({ unit }) => unit)))];
  const unit = units.findLast((one) => !ALWAYS_THERE.has(one)) ?? units[0] ?? '';
  const values = readings.flatMap((reading) =>
    reading.values.filter((one) => one.unit === unit).map(({ value }) => value),
  );
  return `median ${formatReading(medianOf(values), 'plain')} ${unit}`;
}
