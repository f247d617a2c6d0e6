import type { Result } from '../../src/experiments/result-schema.js';
import { renderIndex } from '../../src/report/render-index.js';
import { renderJunit } from '../../src/report/render-junit.js';
import { renderMarkdown } from '../../src/report/render-markdown.js';
import { renderReport } from '../../src/report/render-report.js';
import { renderSummary } from '../../src/report/render-summary.js';
import { aResult } from '../support/a-result.js';
import { expectGolden } from '../support/golden.js';
import { aBreach, anInconclusiveRun, aRunOfSeveralFaults } from '../support/some-results.js';

const RESULTS: Readonly<Record<string, Result>> = {
  pass: aResult(),
  breach: aBreach(),
  inconclusive: anInconclusiveRun(),
  'several-faults': aRunOfSeveralFaults(),
};

describe('what is said about a run', () => {
  for (const [name, result] of Object.entries(RESULTS)) {
    it(`is what the golden files say: ${name}`, async () => {
      const reportPath = `reports/${result.experiment.name}/${result.run.id}/report.html`;
      await expectGolden(
        `reports/${name}.summary.txt`,
        renderSummary(result, { colour: false, width: 100, reportPath }),
      );
      await expectGolden(`reports/${name}.md`, renderMarkdown({ result, href: reportPath }));
    });
  }

  it('is what the golden files say: the whole page', async () => {
    await expectGolden('reports/breach.html', readable(renderReport(aBreach())));
    await expectGolden('reports/inconclusive.html', readable(renderReport(anInconclusiveRun())));
  });

  it('is what the golden files say: all together', async () => {
    const entries = Object.entries(RESULTS).map(([name, result]) => ({ result, href: `${name}.html` }));
    await expectGolden('reports/index.html', readable(renderIndex(entries, { junitHref: 'junit.xml' })));
    await expectGolden('reports/index.md', renderMarkdown(entries));
    await expectGolden('reports/junit.xml', renderJunit(Object.values(RESULTS)));
  });
});

/** The page without what is a file of its own, and with one element a line where lines would be endless. */
function readable(page: string): string {
  return page
    .replace(/<style>[\s\S]*<\/style>/, '<style>report.css</style>')
    .replace(/<script>[\s\S]*?<\/script>/g, '<script>its script</script>')
    .replace(/sha256-[\w+/=&#;]*?&#x27;/, 'its hash&#x27;')
    .replaceAll(/<(rect|text|path|line|circle|tr|td|th)\b/g, '\n<$1');
}
