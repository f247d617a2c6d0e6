import type { Measurement, Measurements, Slice } from './measurement.js';

export function createMeasurements(all: readonly Measurement[], slices: readonly Slice[]): Measurements {
  return {
    all,
    slices,
    find: (phase, endpoint) => all.find((one) => one.phase === phase && one.endpoint === endpoint),
  };
}
