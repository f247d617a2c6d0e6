import type { BenchmarkLog, BenchmarkReading, Better } from '../benchmark.js';
import type { BenchEvent } from './bench-output.js';

/** The units of package testing itself. */
const KNOWN: Readonly<Record<string, Better>> = {
  'ns/op': 'lower',
  'B/op': 'lower',
  'allocs/op': 'lower',
  'MB/s': 'higher',
};

/** Gathers what the test binary tells, over all of its starts. */
export interface BenchmarkRecorder {
  take(event: BenchEvent): void;
  readonly log: () => BenchmarkLog;
  readonly readings: number;
  readonly unreadable: { readonly count: number; readonly first: string | undefined };
}

export function createBenchmarkRecorder(): BenchmarkRecorder {
  const config: Record<string, string> = {};
  const better: Record<string, Better> = { ...KNOWN };
  const readings: BenchmarkReading[] = [];
  let unreadable = 0;
  let first: string | undefined;
  return {
    take(event) {
      switch (event.kind) {
        case 'reading':
          readings.push(event.reading);
          break;
        case 'config':
          config[event.key] = event.value;
          break;
        case 'unit':
          better[event.unit] = event.better;
          break;
        case 'unreadable':
          unreadable += 1;
          first ??= event.line;
          break;
        case 'begun':
        case 'failed':
        case 'skipped':
          break;
        default:
          event satisfies never;
      }
    },
    log: () => ({ config: { ...config }, better: { ...better }, readings: [...readings] }),
    get readings() {
      return readings.length;
    },
    get unreadable() {
      return { count: unreadable, first };
    },
  };
}
