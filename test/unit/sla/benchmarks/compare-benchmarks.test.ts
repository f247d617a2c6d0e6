import { expect } from 'chai';
import { cutBenchmarks } from '../../../../src/bench/benchmark.js';
import { compareBenchmarks } from '../../../../src/sla/benchmarks/compare-benchmarks.js';
import { aBenchmarkReading, aBenchmarkSeries, someBenchmarks } from '../../../support/some-benchmarks.js';

describe('compareBenchmarks', () => {
  it('puts the phases beside each other', () => {
    const [comparison, ...others] = compareBenchmarks(
      someBenchmarks(
        aBenchmarkSeries('warmup', [99]),
        aBenchmarkSeries('steady', [10, 11, 12, 13, 14, 15]),
        aBenchmarkSeries('fault', [210, 211, 212, 213, 214, 215]),
        aBenchmarkSeries('recovery', [10, 12]),
      ),
    );
    expect(others).to.deep.equal([]);
    expect(comparison).to.deep.include({ name: 'BenchmarkOrderSubmit', unit: 'p95-ms', better: 'lower' });
    const { steady, fault, recovery } = comparison!.phases;
    expect(steady).to.deep.equal({
      readings: 6,
      median: 12.5,
      interval: { low: 10, high: 15, confidence: 0.95 },
    });
    expect(fault?.change).to.be.closeTo(16, 1e-12);
    expect(fault?.p).to.be.closeTo(2 / 924, 1e-12);
    expect(recovery).to.include({ readings: 2, median: 11 }).and.not.have.property('interval');
  });

  it('knows no change against nothing, or against 0', () => {
    const [first, second] = compareBenchmarks(
      someBenchmarks(
        aBenchmarkSeries('fault', [1]),
        aBenchmarkSeries('steady', [0], { unit: 'allocs/op' }),
        aBenchmarkSeries('fault', [5], { unit: 'allocs/op' }),
      ),
    );
    expect(first?.phases.fault).to.deep.equal({ readings: 1, median: 1 });
    expect(second?.phases.fault).to.not.have.property('change');
  });
});

describe('cutBenchmarks', () => {
  it('counts a reading where all of its measuring lies, and keeps the others apart', () => {
    const at = (startMs: number, endMs: number) => aBenchmarkReading({ startMs, endMs });
    const { series, config } = cutBenchmarks(
      {
        config: { pkg: 'x' },
        better: { 'p95-ms': 'lower' },
        readings: [at(0, 100), at(90, 110), at(100, 150), at(150, 200), at(190, 260), at(300, 301)],
      },
      [
        { phase: 'steady', startMs: 0, endMs: 100 },
        { phase: 'fault', startMs: 100, endMs: 200 },
        { phase: 'recovery', startMs: 250, endMs: 300 },
      ],
    );
    expect(config).to.deep.equal({ pkg: 'x' });
    const starts = Object.fromEntries(
      series.map(({ phase, values }) => [phase, values.map(({ startMs }) => startMs)]),
    );
    expect(starts).to.deep.equal({ steady: [0], fault: [100, 150], transition: [90, 190, 300] });
    expect(series[0]).to.include({ unit: 'p95-ms', better: 'lower', procs: 2 });
  });
});
