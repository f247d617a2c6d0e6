import { decodeDistribution } from './histogram.js';
import type { LatencyDistribution } from './measurement.js';

/**
 * A distribution that is kept in its encoded form, some hundred bytes, and decoded when it is asked. Mean and maximum
 * are approximations, within 0.1 %.
 * @throws {PlimsollError} USAGE where the text is no histogram.
 */
export function encodedDistribution(base64: string): LatencyDistribution {
  const { count, meanUs, maxUs } = decodeDistribution(base64);
  const asked = new Map<number, number | undefined>();
  return {
    count,
    meanUs,
    maxUs,
    percentileUs(percent) {
      if (!asked.has(percent)) asked.set(percent, decodeDistribution(base64).percentileUs(percent));
      return asked.get(percent);
    },
    buckets: () => decodeDistribution(base64).buckets(),
    encode: () => base64,
  };
}
