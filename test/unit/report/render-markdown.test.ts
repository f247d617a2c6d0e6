import { expect } from 'chai';
import fc from 'fast-check';
import { escapeMarkdown, renderMarkdown } from '../../../src/report/render-markdown.js';
import { aJudgement, aResult } from '../../support/a-result.js';
import { aHostileResult } from '../../support/hostile.js';
import { aBreach, anInconclusiveRun } from '../../support/some-results.js';

describe('renderMarkdown', () => {
  it('begins with a marker by which a later run finds its comment', () => {
    expect(renderMarkdown({ result: aResult(), href: '' })).to.match(
      /^<!-- plimsoll order-submit-network-delay -->\n### ✅ PASS the SLA held under 200 ms of delay\n/,
    );
  });

  it('shows each objective with reading, interval and margin', () => {
    const interval = { low: 212_000, high: 217_000, confidence: 0.95 };
    const text = renderMarkdown({ result: aResult({ judgements: [aJudgement({ interval })] }), href: '' });
    expect(text).to.include(
      '| ✅ PASS | fault | `p95 <= 350ms` | **214 ms** \\(212 to 217\\), 3,000 samples | 39 % to spare |',
    );
  });

  it('links to the report, and says how to run it again', () => {
    const text = renderMarkdown({ result: aBreach(), href: 'https://ci.example/a (1)/report.html' });
    expect(text).to.include('[Report](https://ci.example/a%20%281%29/report.html)');
    expect(text).to.include('`plimsoll run experiments/order-submit-partition.yaml --environment local`');
  });

  it('shows several runs as a matrix, worst first, with the reasons below', () => {
    const text = renderMarkdown(
      [aResult(), anInconclusiveRun(), aBreach()].map((result) => ({ result, href: '' })),
    );
    expect(text).to.match(/^<!-- plimsoll baseline -->\n### ❌ BREACH 1 pass, 1 inconclusive, 1 breach\n/);
    const words = [...text.matchAll(/^\| \S+ ([A-Z]+) \|/gm)].map((match) => match[1]);
    expect(words).to.deep.equal(['BREACH', 'INCONCLUSIVE', 'PASS']);
    expect(text).to.include('- **INCONCLUSIVE** cart-pod-kill: the steady state was not met');
  });

  it('shows no run at all as inconclusive', () => {
    expect(renderMarkdown([])).to.include('INCONCLUSIVE');
  });

  it('lets no text become HTML, a table cell, a mention or a line of its own', () => {
    const result = aHostileResult();
    for (const text of [
      renderMarkdown({ result, href: '' }),
      renderMarkdown([
        { result, href: 'a|b' },
        { result, href: '' },
      ]),
    ]) {
      const withoutMarker = text.replace(/^<!--[^>]*-->/, '');
      const withoutCode = withoutMarker.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '');
      expect(withoutCode.replaceAll(/<\/?sub>/g, '')).not.to.match(/<[a-z/!]/i);
      expect(withoutCode).not.to.match(/@[a-z]/);
      expect(text).not.to.match(/^next/m);
      const rows = text.split('\n').filter((line) => line.startsWith('| '));
      const cells = rows.map((row) => row.replaceAll(/\\./g, '').split('|').length);
      expect(new Set(cells).size, rows.join('\n')).to.equal(1);
    }
  });
});

describe('escapeMarkdown', () => {
  it('leaves no character unescaped that Markdown gives a meaning to', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'\\`*_{}[]()#+!|~<>&@\n ab'.split('')) }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped.replaceAll(/\\[\\`*_{}[\]()#+!|~]/g, '')).not.to.match(/[\\`*_{}[\]()#+!|~<>\n]/);
      }),
    );
  });
});
