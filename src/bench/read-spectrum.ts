import { decodeDistribution } from './histogram.js';

/** A distribution read at several percentiles. */
export interface Spectrum {
  readonly count: number;
  /** In the order asked for, without those percentiles that so few samples cannot tell from their maximum. */
  readonly points: readonly SpectrumPoint[];
}

export interface SpectrumPoint {
  readonly percent: number;
  readonly latencyUs: number;
}

/**
 * Reads an encoded histogram at percentiles (0..100).
 * @throws {PlimsollError} USAGE where the text is no histogram.
 */
export function readSpectrum(base64: string, percents: readonly number[]): Spectrum {
  const distribution = decodeDistribution(base64);
  const { count } = distribution;
  const highest = 100 * (1 - 1 / Math.max(count, 1)) + 1e-9;
  return {
    count,
    points: percents
      .filter((percent) => percent <= highest)
      .flatMap((percent) => {
        const latencyUs = distribution.percentileUs(percent);
        return latencyUs === undefined ? [] : [{ percent, latencyUs }];
      }),
  };
}
