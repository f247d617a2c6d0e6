import type { Measurements, Slice } from '../bench/measurement.js';
import type { PhaseWindow } from '../shared/phases.js';
import { mergeBuckets, rankOf, sampleOfRank } from '../sla/statistics/merged-buckets.js';
import { readRecoveryIn, type RecoveryParts } from './read-recovery.js';
import type { Result } from './result-schema.js';
import { countTrials, hasFaultFirst } from './trials.js';

type TrialRecord = NonNullable<Result['trials']>[number];

/** Each trial by itself, all endpoints together. What outlived a fault phase is of the trial whose fault it met. */
export function measureTrials(parts: RecoveryParts): TrialRecord[] {
  const { windows, measurements } = parts;
  const of = (phase: 'steady' | 'fault', trial: number) =>
    measureSlices(slicesOfTrial(measurements, windows, phase, trial));
  const recoveries = windows.filter(({ phase }) => phase === 'recovery');
  return Array.from({ length: countTrials(windows) }, (_, index) => {
    const trial = index + 1;
    const recovery = recoveries[index];
    const reading = recovery === undefined ? undefined : readRecoveryIn(recovery, parts);
    return {
      trial,
      faultFirst: hasFaultFirst(trial),
      steady: of('steady', trial),
      fault: of('fault', trial),
      recoveryMs: reading?.status === 'measured' ? reading.value : null,
    };
  });
}

function slicesOfTrial(
  { slices }: Measurements,
  windows: readonly PhaseWindow[],
  phase: 'steady' | 'fault',
  trial: number,
): readonly Slice[] {
  const starts = windows.filter((window) => window.phase === phase).map(({ startMs }) => startMs);
  const fromMs = starts[trial - 1] ?? Infinity;
  const toMs = starts[trial] ?? Infinity;
  return slices.filter((slice) => slice.phase === phase && slice.startMs >= fromMs && slice.startMs < toMs);
}

function measureSlices(slices: readonly Slice[]): TrialRecord['steady'] {
  const buckets = mergeBuckets(slices.map(({ latency }) => latency.buckets()));
  const sum = (count: (slice: Slice) => number) => slices.reduce((total, slice) => total + count(slice), 0);
  const requests = sum((slice) => slice.requests);
  const percentileMs = (percent: number) => {
    const us = requests === 0 ? undefined : sampleOfRank(buckets, rankOf(percent, requests));
    return us === undefined ? null : Math.round(us * 1000) / 1e6;
  };
  return {
    requests,
    failures: sum((slice) => slice.failures),
    p50Ms: percentileMs(50),
    p95Ms: percentileMs(95),
    p99Ms: percentileMs(99),
  };
}
