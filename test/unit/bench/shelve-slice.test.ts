import { expect } from 'chai';
import fc from 'fast-check';
import type { LatencyDistribution, Measurements } from '../../../src/bench/measurement.js';
import { anyTapeSteps, recordARun, recordTape } from '../../support/a-stored-tape.js';
import { createCountingShelf } from '../../support/counting-shelf.js';

/** Every number that a second can be asked for. */
function secondsOf({ slices, metrics }: Measurements) {
  return {
    slices: slices.map(({ latency, failedLatency, ...slice }) => ({
      ...slice,
      latency: numbersOf(latency),
      failedLatency: numbersOf(failedLatency),
    })),
    metrics: metrics.slices.map(({ values, ...slice }) => ({ ...slice, values: numbersOf(values) })),
  };
}

function numbersOf(distribution: LatencyDistribution | undefined) {
  if (distribution === undefined) return undefined;
  const { count, meanUs, maxUs } = distribution;
  const percentiles = [0, 50, 95, 99.9, 100].map((percent) => distribution.percentileUs(percent));
  return { count, meanUs, maxUs, percentiles, buckets: distribution.buckets(), text: distribution.encode() };
}

describe('seconds on a shelf', () => {
  it('are what they are in memory, to the last digit, whatever the run was like', () => {
    fc.assert(
      fc.property(anyTapeSteps, (steps) => {
        const { measurements } = recordTape(steps, createCountingShelf().shelf);
        expect(secondsOf(measurements)).to.deep.equal(secondsOf(recordTape(steps).measurements));
      }),
      { numRuns: 60 },
    );
  });

  it('have each of their distributions there', () => {
    const { shelf, texts } = createCountingShelf();
    const { slices, metrics } = recordARun(shelf).measurements;
    const distributions = [
      ...slices.flatMap(({ latency, failedLatency }) => [latency, failedLatency]),
      ...metrics.slices.map(({ values }) => values),
    ].flatMap((one) => one ?? []);
    expect(texts.toSorted()).to.deep.equal(distributions.map((one) => one.encode()).sort());
    expect(distributions.length).to.be.above(slices.length + 1); // failures and metrics are among them
  });
});
