import { decodeDistribution } from './histogram.js';
import type { LatencyDistribution } from './measurement.js';

/**
 * A distribution that is kept in its encoded form, some hundred bytes, and decoded when it is asked. Mean and maximum
 * are approximations, within 0.1 %.
 * @throws {PlimsollError} USAGE where the text is no histogram.
 */
export function encodedDistribution(base64: string): LatencyDistribution {
  return decodedWhenAsked(decodeDistribution(base64), () => base64);
}

/** A distribution of which three numbers are known, and the encoded form is looked up whenever another is asked for. */
export function decodedWhenAsked(
  { count, meanUs, maxUs }: Pick<LatencyDistribution, 'count' | 'meanUs' | 'maxUs'>,
  encode: () => string,
): LatencyDistribution {
  const exact = meanUs === undefined || maxUs === undefined ? undefined : { meanUs, maxUs };
  const decode = () => decodeDistribution(encode(), exact); // without working the mean out again
  const asked = new Map<number, number | undefined>();
  return {
    count,
    meanUs,
    maxUs,
    percentileUs(percent) {
      if (!asked.has(percent)) asked.set(percent, decode().percentileUs(percent));
      return asked.get(percent);
    },
    buckets: () => decode().buckets(),
    encode,
  };
}
