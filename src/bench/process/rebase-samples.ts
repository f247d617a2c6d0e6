import type { DurationMs, EpochMs } from '../../shared/time.js';
import type { CollectedSamples, OpenRequest } from './collected-samples.js';

/** Moves the times of samples from a process's clock to one that is behind it by the offset. Changes the columns in place. */
export function rebaseSamples(samples: CollectedSamples, offsetMs: DurationMs): CollectedSamples {
  const moved = (atMs: EpochMs | undefined): EpochMs | undefined =>
    atMs === undefined ? undefined : atMs - offsetMs;
  for (let index = 0; index < samples.count; index++) {
    samples.startMs[index] = (samples.startMs[index] ?? NaN) - offsetMs;
  }
  const { metrics } = samples;
  for (let index = 0; index < metrics.count; index++) {
    metrics.startMs[index] = (metrics.startMs[index] ?? NaN) - offsetMs;
    metrics.endMs[index] = (metrics.endMs[index] ?? NaN) - offsetMs;
  }
  return {
    ...samples,
    dropped: samples.dropped.map(({ atMs, count }) => ({ atMs: atMs - offsetMs, count })),
    readyAtMs: moved(samples.readyAtMs),
    latestMs: samples.latestMs - offsetMs,
    oldestOpenMs: moved(samples.oldestOpenMs),
  };
}

export function rebaseOpen(open: readonly OpenRequest[], offsetMs: DurationMs): readonly OpenRequest[] {
  return open.map((request) => ({ ...request, sentAtMs: request.sentAtMs - offsetMs }));
}
