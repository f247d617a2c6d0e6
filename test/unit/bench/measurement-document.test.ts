import { expect } from 'chai';
import { createTape } from '../../../src/bench/create-tape.js';
import type { MeasurementsDocument } from '../../../src/bench/measurement-document.js';
import { measurementsFromDocument, measurementsToDocument } from '../../../src/bench/measurement-document.js';
import type { Measurements } from '../../../src/bench/measurement.js';
import { PlimsollError } from '../../../src/shared/errors.js';
import { resultSchema } from '../../../src/experiments/result-schema.js';
import { aBatch, aSample } from '../../support/a-batch.js';
import { createFakeClock } from '../../support/fake-clock.js';

function someMeasurements(): Measurements {
  const clock = createFakeClock(0);
  const tape = createTape({ clock });
  const [orders, cart] = [tape.endpoint('POST /orders'), tape.endpoint('GET /cart')];
  tape.begin('steady');
  clock.advanceTo(2500);
  tape.end();
  clock.advanceTo(3000);
  tape.begin('fault');
  clock.advanceTo(5000);
  tape.end();
  clock.advanceTo(30_000);
  const samples = Array.from({ length: 400 }, (_, index) =>
    aSample({
      startMs: index * 12.3456,
      latencyUs: 1000 + ((index * 7919) % 3001) * 1.2345 + (index % 50 === 49 ? 4e6 : 0),
      endpoint: index % 3 === 0 ? orders : cart,
      result: index % 20 === 0 ? 1 + (index % 2) : 0,
    }),
  );
  tape.write(aBatch(samples));
  tape.dropped(3100, 4);
  return tape.measure();
}

function stored(measurements: Measurements): MeasurementsDocument {
  return JSON.parse(JSON.stringify(measurementsToDocument(measurements))) as MeasurementsDocument;
}

describe('measurementsToDocument', () => {
  it('fits the schema of a result', () => {
    const document = stored(someMeasurements());
    expect(resultSchema.shape.measurements.parse(document.measurements)).to.deep.equal(document.measurements);
    expect(resultSchema.shape.series.parse(document.series)).to.deep.equal(document.series);
  });

  it('has null where nothing was measured, and no number that looks like a good one', () => {
    const clock = createFakeClock();
    const tape = createTape({ clock });
    tape.begin('fault');
    const [all] = stored(tape.measure()).measurements;
    expect(all).to.include({ requests: 0, ratePerSecond: 0, p99Ms: null, meanMs: null, maxMs: null });
  });

  it('turns rates and times into those that people read', () => {
    const fault = stored(someMeasurements()).measurements.find((one) => one.phase === 'fault');
    expect(fault).to.include({ endpoint: '*', durationMs: 2000, dropped: 4 });
    expect(fault?.ratePerSecond).to.equal((fault?.requests ?? NaN) / 2);
    expect(fault?.maxMs).to.be.within(4001, 4005);
  });
});

describe('measurementsFromDocument', () => {
  it('gives back what was measured, to the last digit', () => {
    const original = someMeasurements();
    const restored = measurementsFromDocument({ ...stored(original), windows: original.windows });
    expect(restored.windows).to.equal(original.windows);
    expect(restored.all).to.have.length(original.all.length);
    expect(restored.all.some((one) => one.withinWindow !== undefined)).to.equal(true);
    for (const [index, one] of original.all.entries()) {
      const again = restored.all[index]!;
      const { latency, failedLatency, withinWindow, ...counts } = one;
      expect(again).to.deep.include(counts);
      expect(again.failedLatency.encode()).to.equal(failedLatency.encode());
      expect(again.withinWindow?.failures).to.equal(withinWindow?.failures);
      expect(again.withinWindow?.requests).to.equal(withinWindow?.requests);
      for (const [was, is] of [
        [latency, again.latency],
        [failedLatency, again.failedLatency],
        [withinWindow?.latency, again.withinWindow?.latency],
        [withinWindow?.failedLatency, again.withinWindow?.failedLatency],
      ]) {
        expect([is?.count, is?.meanUs, is?.maxUs]).to.deep.equal([was?.count, was?.meanUs, was?.maxUs]);
        for (const percent of [1, 50, 95, 99, 99.9, 100]) {
          expect(is?.percentileUs(percent)).to.equal(was?.percentileUs(percent));
        }
      }
    }
    expect(stored(restored)).to.deep.equal(stored(original));
  });

  it('keeps the failed requests of each second apart, and reads documents that did not', () => {
    const document = stored(someMeasurements());
    const failing = document.series.filter(({ failures }) => failures > 0);
    expect(failing).to.not.be.empty;
    const readAgain = () => measurementsFromDocument({ ...document, windows: [] });
    const counts = readAgain().slices.map((slice) => slice.failedLatency?.count ?? 0);
    expect(counts).to.deep.equal(document.series.map(({ failures }) => failures));
    for (const slice of document.series) delete slice.failedHistogram;
    for (const one of document.measurements) {
      delete one.failedMeanMs;
      delete one.failedMaxMs;
    }
    const older = readAgain();
    expect(older.slices.every(({ failedLatency }) => failedLatency === undefined)).to.equal(true);
    expect(older.all.some(({ failedLatency }) => failedLatency.meanUs !== undefined)).to.equal(true);
  });

  it('says that a histogram cannot be read', () => {
    const document = stored(someMeasurements());
    document.measurements[0]!.histogram = 'cut sho';
    expect(() => measurementsFromDocument({ ...document, windows: [] })).to.throw(
      PlimsollError,
      'cannot read a latency histogram',
    );
  });
});
