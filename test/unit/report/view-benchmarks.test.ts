import { expect } from 'chai';
import type { BenchmarkSeries } from '../../../src/bench/benchmark.js';
import { benchmarksToDocument } from '../../../src/experiments/benchmark-schema.js';
import type { Result } from '../../../src/experiments/result-schema.js';
import { renderMarkdown } from '../../../src/report/render-markdown.js';
import { renderReport } from '../../../src/report/render-report.js';
import { renderSummary } from '../../../src/report/render-summary.js';
import { viewBenchmarks } from '../../../src/report/view-benchmarks.js';
import { viewTiles } from '../../../src/report/view-tiles.js';
import { aResult } from '../../support/a-result.js';
import { aBenchmarkSeries, someBenchmarks } from '../../support/some-benchmarks.js';

const STEADY = [10, 11, 12, 13, 14, 15];
const FAULT = [210, 211, 212, 213, 214, 215];

describe('benchmarks in reports', () => {
  it('stand phase beside phase, with what the fault changed', () => {
    const view = viewBenchmarks(
      withBenchmarks(
        aBenchmarkSeries('steady', STEADY),
        aBenchmarkSeries('fault', FAULT),
        aBenchmarkSeries('recovery', [10, 12, 14, 11, 13, 15]),
        aBenchmarkSeries('transition', [99, 98]),
      ),
    );
    expect(view?.groups).to.have.length(1);
    const [row] = view!.groups[0]!.rows;
    expect(row).to.deep.include({ name: 'BenchmarkOrderSubmit', unit: 'p95-ms' });
    expect(row?.steady).to.deep.include({
      median: '12.5',
      interval: '10 to 15',
      readings: '6 readings',
      change: '',
    });
    expect(row?.fault).to.deep.include({
      median: '212.5',
      change: '+1,600 %',
      p: 'p = 0.002',
      isWorse: true,
    });
    expect(row?.recovery).to.deep.include({ change: '~', isWorse: false });
    expect(view?.apart).to.equal('2 measurings reached over the border of a phase and count nowhere.');
    expect(view?.config).to.equal('goos linux, pkg example.com/orders');
  });

  it('tell apart benchmarks that differ in their number of processors alone, and know which way is better', () => {
    const view = viewBenchmarks(
      withBenchmarks(
        aBenchmarkSeries('steady', FAULT, { better: 'higher', unit: 'MB/s' }),
        aBenchmarkSeries('fault', STEADY, { better: 'higher', unit: 'MB/s' }),
        aBenchmarkSeries('fault', [1], { procs: 4, better: null }),
      ),
    );
    expect(view?.groups.map(({ name }) => name)).to.deep.equal([
      'BenchmarkOrderSubmit-2',
      'BenchmarkOrderSubmit-4',
    ]);
    expect(view?.groups[0]!.rows[0]!.fault).to.include({ isWorse: true, change: '-94 %' });
    expect(view?.groups[1]!.rows[0]!.steady).to.include({ median: '–', readings: 'no reading' });
  });

  it('are in every form of the report, and not where there were none', () => {
    const result = withBenchmarks(aBenchmarkSeries('steady', STEADY), aBenchmarkSeries('fault', FAULT));
    expect(renderReport(result)).to.include('<h2 id="benchmarks">Benchmarks</h2>').and.include('+1,600 %');
    expect(renderSummary(result, { colour: false, width: 200 })).to.include(
      'BenchmarkOrderSubmit p95-ms  steady 12.5 -> fault 212.5 (+1,600 %, p = 0.002) -> recovery –',
    );
    expect(renderMarkdown({ result, href: '' })).to.include('| BenchmarkOrderSubmit | p95-ms |');
    expect(renderReport(aResult())).to.not.include('id="benchmarks"');
  });

  it('take the place of charts of requests where there were no requests', () => {
    const mixed = withBenchmarks(aBenchmarkSeries('steady', STEADY), aBenchmarkSeries('fault', FAULT));
    const alone = { ...mixed, generator: { ...mixed.generator, requests: 0 } };
    expect(renderReport(mixed)).to.include('id="timeline"');
    expect(renderReport(alone)).to.not.include('id="timeline"');
    expect(viewTiles(alone)).to.deep.equal([
      { name: 'p95-ms', before: '12.5', after: '212.5', change: '+1,600 %' },
    ]);
  });
});

function withBenchmarks(...series: readonly BenchmarkSeries[]): Result {
  return aResult({ benchmarks: benchmarksToDocument(someBenchmarks(...series)) });
}
