import type { TapeWriter } from '../../src/bench/load-generator.js';

export interface CollectedSample {
  readonly startMs: number;
  readonly endMs: number;
  readonly latencyUs: number;
  readonly endpoint: string;
  readonly result: number;
}

/** A tape that keeps every sample, and the promises that were made about them. */
export interface CollectingTape extends TapeWriter {
  readonly samples: readonly CollectedSample[];
  readonly droppedAtMs: readonly number[];
  /** Samples and drops that came after writtenUntil() had said that nothing of that time is missing. */
  readonly lateOnes: readonly number[];
  writtenUntilMs(): number;
}

export function createCollectingTape(): CollectingTape {
  const names: string[] = [];
  const samples: CollectedSample[] = [];
  const droppedAtMs: number[] = [];
  const lateOnes: number[] = [];
  let until = Number.NEGATIVE_INFINITY;
  return {
    samples,
    droppedAtMs,
    lateOnes,
    writtenUntilMs: () => until,
    endpoint: (name) => {
      if (!names.includes(name)) names.push(name);
      return names.indexOf(name);
    },
    write: ({ count, startMs, latencyUs, endpoint, result }) => {
      for (let row = 0; row < count; row++) {
        const start = startMs[row]!;
        const latency = latencyUs[row]!;
        const endMs = start + latency / 1000;
        // A floating-point sum: a nanosecond is no broken promise.
        if (endMs < until - 1e-3) lateOnes.push(endMs);
        samples.push({
          startMs: start,
          endMs,
          latencyUs: latency,
          endpoint: names[endpoint[row]!]!,
          result: result[row]!,
        });
      }
    },
    dropped: (atMs, count) => {
      for (let one = 0; one < count; one++) droppedAtMs.push(atMs);
      if (atMs < until) lateOnes.push(atMs);
    },
    writtenUntil: (atMs) => {
      if (atMs < until) lateOnes.push(atMs);
      until = atMs;
    },
  };
}
