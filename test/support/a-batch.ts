import type { SampleBatch } from '../../src/bench/sample-batch.js';

/** One finished request. */
export interface ASample {
  readonly startMs: number;
  readonly latencyUs: number;
  readonly endpoint: number;
  readonly result: number;
}

export function aSample(given: Partial<ASample>): ASample {
  return { startMs: 0, latencyUs: 5000, endpoint: 0, result: 0, ...given };
}

export function aBatch(samples: readonly ASample[]): SampleBatch {
  return {
    count: samples.length,
    startMs: Float64Array.from(samples, (sample) => sample.startMs),
    latencyUs: Float64Array.from(samples, (sample) => sample.latencyUs),
    endpoint: Uint16Array.from(samples, (sample) => sample.endpoint),
    result: Uint8Array.from(samples, (sample) => sample.result),
  };
}
