import { expect } from 'chai';
import type { MetricSeries } from '../../../../src/bench/metric-series.js';
import { shareTape } from '../../../../src/bench/runners/share-tape.js';
import { createCollectingTape } from '../../../support/collecting-tape.js';

describe('shareTape', () => {
  it('is complete up to where the slowest is', () => {
    const tape = createCollectingTape();
    const [one, two] = shareTape(tape, ['one', 'two']).map(({ share }) => share);
    one?.writtenUntil(100);
    expect(tape.writtenUntilMs()).to.equal(-Infinity);
    two?.writtenUntil(40);
    expect(tape.writtenUntilMs()).to.equal(40);
    two?.writtenUntil(300);
    expect(tape.writtenUntilMs()).to.equal(100);
  });

  it('waits for nobody who has left, and takes nothing back', () => {
    const tape = createCollectingTape();
    const [one, two] = shareTape(tape, ['one', 'two']).map(({ share }) => share);
    one?.writtenUntil(100);
    two?.leave();
    expect(tape.writtenUntilMs()).to.equal(100);
    two?.writtenUntil(10);
    one?.leave();
    expect(tape.writtenUntilMs()).to.equal(100);
    expect(tape.lateOnes).to.deep.equal([]);
  });

  it('gives the same name of all of them the same endpoint', () => {
    const [one, two] = shareTape(createCollectingTape(), [1, 2]).map(({ share }) => share);
    expect(one?.endpoint('GET /')).to.equal(two?.endpoint('GET /'));
  });

  it('hands on what objectives read beyond requests: tags and metrics', () => {
    const tape = createCollectingTape();
    const [one, two] = shareTape(tape, [1, 2]).map(({ share }) => share);
    expect(one?.endpoint('GET /', { kind: 'a' })).to.equal(two?.endpoint('GET /', { kind: 'a' }));
    expect(one?.endpoint('GET /', { kind: 'b' })).not.to.equal(two?.endpoint('GET /', { kind: 'a' }));
    const series: MetricSeries = { name: 'orders', tags: {}, type: 'counter', contains: 'default' };
    two?.writeMetrics({
      count: 1,
      startMs: Float64Array.of(1),
      endMs: Float64Array.of(2),
      value: Float64Array.of(3),
      series: Uint16Array.of(two.metric(series)),
    });
    expect(tape.metricSamples).to.deep.equal([{ series, startMs: 1, endMs: 2, value: 3 }]);
  });
});
