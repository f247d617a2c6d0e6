import { expect } from 'chai';
import { describeScore } from '../../../src/report/describe-score.js';
import { renderIndex } from '../../../src/report/render-index.js';
import { renderJunit } from '../../../src/report/render-junit.js';
import { renderMarkdown } from '../../../src/report/render-markdown.js';
import { renderReport } from '../../../src/report/render-report.js';
import { renderSummary } from '../../../src/report/render-summary.js';
import { aJudgement, aResult } from '../../support/a-result.js';

const REASON = 'p95 214 ms is over its warn limit of 200 ms';
const WARNED = aResult({
  judgements: [aJudgement({ weight: 3, warning: { status: 'certain', limit: 200_000, reason: REASON } })],
  score: { share: 0.75, met: 3, of: 4 },
});

describe('warnings and scores', () => {
  it('are in everything that is written of a run, and turn nothing red', () => {
    const summary = renderSummary(WARNED, { colour: false, width: 120 });
    expect(summary).to.include(`warning  ${REASON}`).and.match(/^PASS/);
    expect(summary).to.include('score  75 %, objectives with 3 of a weight of 4 met');
    expect(renderReport(WARNED)).to.include(`Warning: ${REASON}`).and.include('75 %, objectives with 3');
    expect(renderMarkdown({ result: WARNED, href: '' })).to.include(`- **Warning:** ${REASON}`);
    const junit = renderJunit([WARNED]);
    expect(junit).to.match(/<system-out>[^]*its warn limit[^]*<\/system-out>/);
    expect(junit).to.include('failures="0" errors="0"');
    const index = renderIndex([{ result: WARNED, href: 'report.html' }]);
    expect(index).to.include('score 75 %').and.include('1 warning');
  });

  it('say nothing where nobody asked for them, or an older result has none', () => {
    const plain = aResult({ score: { share: 1, met: 2, of: 2 } });
    expect(renderSummary(plain, { colour: false, width: 120 })).not.to.match(/score|warning/);
    expect(describeScore(plain)).to.equal('100 %, 2 of 2 objectives met');
    expect(describeScore(aResult())).to.equal(undefined);
  });
});
