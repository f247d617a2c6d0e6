import { addDistribution, createRecorder, distributionOf, type LatencyRecorder } from '../bench/histogram.js';
import type { BenchmarkReading } from '../bench/benchmark.js';
import type { Slice } from '../bench/measurement.js';
import { createPhaseBenchmarks } from './phase-benchmarks.js';
import { formatDuration, formatRate, formatShare } from '../shared/units.js';

/**
 * What a phase's slices add up to while it goes on. It is for the eye: slices are cut by end time, so that the
 * verdict's numbers, cut by start time, differ a little.
 */
export interface PhaseLoad {
  add(slice: Slice): void;
  addBenchmark(reading: BenchmarkReading): void;
  /** `p95 12 ms   p99 15.2 ms   errors 0 %   100/s`, or what benchmarks report; empty before the first of it. */
  describe(): string;
}

export function createPhaseLoad(): PhaseLoad {
  const latency: LatencyRecorder = createRecorder();
  const benchmarks = createPhaseBenchmarks();
  let requests = 0;
  let failures = 0;
  let dropped = 0;
  let coveredMs = 0;
  return {
    add(slice) {
      addDistribution(latency, slice.latency);
      requests += slice.requests;
      failures += slice.failures;
      dropped += slice.dropped;
      coveredMs += slice.endMs - slice.startMs;
    },
    addBenchmark: benchmarks.add,
    describe() {
      if (requests === 0 && benchmarks.count() > 0) return benchmarks.describe();
      if (coveredMs === 0) return '';
      const distribution = distributionOf(latency);
      const percentile = (percent: number) => {
        const us = distribution.percentileUs(percent);
        return us === undefined ? '–' : formatDuration(us / 1000);
      };
      return [
        `p95 ${percentile(95).padEnd(7)}`,
        `p99 ${percentile(99).padEnd(7)}`,
        `errors ${requests === 0 ? '–' : formatShare(failures / requests)}`,
        formatRate((requests * 1000) / coveredMs),
        ...(dropped === 0 ? [] : [`${dropped} dropped`]),
      ].join('   ');
    },
  };
}
