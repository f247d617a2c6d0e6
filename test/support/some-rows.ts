import type { CollectedSamples } from '../../src/bench/process/collected-samples.js';
import { noMetricColumns } from '../../src/bench/process/metric-columns.js';
import type { ASample } from './a-batch.js';
import { aBatch, aSample } from './a-batch.js';

/** What the thread that reads k6's rows tells, with everything defaulted. */
export function someRows(
  overrides: Partial<CollectedSamples> = {},
  samples: readonly Partial<ASample>[] = [],
): CollectedSamples {
  return {
    ...aBatch(samples.map(aSample)),
    newEndpoints: [],
    newMetrics: [],
    metrics: noMetricColumns(),
    dropped: [],
    readyAtMs: undefined,
    latestMs: 0,
    oldestOpenMs: undefined,
    ...overrides,
  };
}
