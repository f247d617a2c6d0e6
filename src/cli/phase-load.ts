import { addDistribution, createRecorder, distributionOf, type LatencyRecorder } from '../bench/histogram.js';
import type { Slice } from '../bench/measurement.js';
import { formatDuration, formatRate, formatShare } from '../shared/units.js';

/**
 * What a phase's slices add up to while it goes on. It is for the eye: slices are cut by end time, so that the
 * verdict's numbers, cut by start time, differ a little.
 */
export interface PhaseLoad {
  add(slice: Slice): void;
  /** `p95 12 ms   p99 15.2 ms   errors 0 %   100/s`; empty before the first slice. */
  describe(): string;
}

export function createPhaseLoad(): PhaseLoad {
  const latency: LatencyRecorder = createRecorder();
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
    describe() {
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
