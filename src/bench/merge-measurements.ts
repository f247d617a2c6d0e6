import { addDistribution, createRecorder, distributionOf } from './histogram.js';
import type { LatencyDistribution, Measurement } from './measurement.js';

/** The requests of several measurements of one phase together. */
export function mergeMeasurements(
  of: Pick<Measurement, 'phase' | 'endpoint' | 'durationMs'>,
  parts: readonly Measurement[],
): Measurement {
  const sum = (read: (part: Measurement) => number) => parts.reduce((total, part) => total + read(part), 0);
  const outlived = sum((part) => part.outlived);
  return {
    ...of,
    requests: sum((part) => part.requests),
    failures: sum((part) => part.failures),
    noResponse: sum((part) => part.noResponse),
    setApart: sum((part) => part.setApart),
    outlived,
    dropped: 0,
    latency: merge(parts.map((part) => part.latency)),
    failedLatency: merge(parts.map((part) => part.failedLatency)),
    ...(outlived === 0
      ? {}
      : {
          withinWindow: {
            requests: sum((part) => (part.withinWindow ?? part).requests),
            failures: sum((part) => (part.withinWindow ?? part).failures),
            latency: merge(parts.map((part) => (part.withinWindow ?? part).latency)),
          },
        }),
  };
}

function merge(distributions: readonly LatencyDistribution[]): LatencyDistribution {
  const [first, ...others] = distributions;
  if (first !== undefined && others.length === 0) return first;
  const total = createRecorder();
  for (const one of distributions) addDistribution(total, one);
  return distributionOf(total);
}
