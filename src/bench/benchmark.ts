import type { Phase, PhaseWindow } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';

/** Which way a unit gets better. */
export type Better = 'lower' | 'higher';

/** One measuring of a benchmark: one line of its output. */
export interface BenchmarkReading {
  /** As it was printed, without the number of processors at its end: `BenchmarkSubmit/small`. */
  readonly name: string;
  /** The number that was printed behind the name (GOMAXPROCS); 1 where there was none. */
  readonly procs: number;
  /** The operations of the round that was measured. */
  readonly iterations: number;
  /** Its name was printed: none of its rounds had begun. */
  readonly startMs: EpochMs;
  /** Its result was printed: the last round was over. */
  readonly endMs: EpochMs;
  readonly values: readonly { readonly unit: string; readonly value: number }[];
}

/** What benchmarks have reported in a run, in order of time. */
export interface BenchmarkLog {
  /** `goos`, `pkg`, `cpu`: what the output said of where it was measured. */
  readonly config: Readonly<Record<string, string>>;
  /** By unit; of units about which nobody said anything there is no entry. */
  readonly better: Readonly<Record<string, Better>>;
  readonly readings: readonly BenchmarkReading[];
}

/** What one benchmark reported in one unit in one phase. */
export interface BenchmarkSeries {
  readonly name: string;
  readonly procs: number;
  readonly unit: string;
  readonly better: Better | null;
  /** `transition`: those that reached over a border, and belong to no phase. */
  readonly phase: Phase | 'transition';
  readonly values: readonly {
    readonly value: number;
    readonly iterations: number;
    readonly startMs: EpochMs;
    readonly endMs: EpochMs;
  }[];
}

export interface Benchmarks {
  readonly config: Readonly<Record<string, string>>;
  readonly series: readonly BenchmarkSeries[];
}

/** Sorts readings by the phase in which they lie wholly: from before their first round until after their last. */
export function cutBenchmarks(log: BenchmarkLog, windows: readonly PhaseWindow[]): Benchmarks {
  const series = new Map<
    string,
    BenchmarkSeries & { readonly values: BenchmarkSeries['values'][number][] }
  >();
  for (const { name, procs, iterations, startMs, endMs, values } of log.readings) {
    const phase =
      windows.find((window) => window.startMs <= startMs && endMs <= window.endMs)?.phase ?? 'transition';
    for (const { unit, value } of values) {
      const key = JSON.stringify([name, procs, unit, phase]);
      const better = log.better[unit] ?? null;
      const one = series.get(key) ?? { name, procs, unit, better, phase, values: [] };
      one.values.push({ value, iterations, startMs, endMs });
      series.set(key, one);
    }
  }
  return { config: log.config, series: [...series.values()] };
}
