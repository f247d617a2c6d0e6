import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Result } from '../../src/experiments/result-schema.js';
import { renderReport } from '../../src/report/render-report.js';
import { aFault, aResult } from '../support/a-result.js';
import { aHostileResult, HOSTILE_CAVEAT } from '../support/hostile.js';
import { findChromium, startBrowser, type TestBrowser } from '../support/open-page.js';
import { requires } from '../support/requirement.js';
import { findCutOff, findFaintTexts } from '../support/run-in-page.js';
import { aBreach, anInconclusiveRun, aRunOfSeveralFaults } from '../support/some-results.js';

const SAMPLES: Readonly<Record<string, Result>> = {
  'a pass': aResult(),
  'a breach': aBreach(),
  'an inconclusive run': anInconclusiveRun(),
  'several faults': aRunOfSeveralFaults(),
  'a fault that may be live': aResult({
    faults: [
      aFault({
        injections: aFault().injections.map((injection) => ({
          ...injection,
          recoveredAtMs: null,
          status: 'unconfirmed' as const,
        })),
      }),
    ],
  }),
  'nothing measured': aResult({ series: [], windows: [], measurements: [], judgements: [], events: [] }),
};

describe('the report in a browser', () => {
  let chromium: TestBrowser | undefined;

  const path = findChromium();
  before(async () => {
    if (path !== undefined) chromium = await startBrowser(path);
  });
  beforeEach(function () {
    requires(this, 'Chromium', path);
  });
  after(() => chromium?.close());

  for (const [name, result] of Object.entries(SAMPLES)) {
    const html = renderReport(result, { indexHref: '../index.html' });

    it(`${name}: asks for nothing, complains of nothing, is not cut off, and can be read`, async () => {
      const { page, requests, complaints } = await chromium!.open(html);
      await page.mouse.move(640, 450);
      await openAll(page);
      for (const width of [360, 768, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await findCutOff(page), `at a width of ${width}`).to.deep.equal([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(width);
      }
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await findFaintTexts(page), `in ${colorScheme} colours`).to.deep.equal([]);
      }
      expect(requests).to.deep.equal([]);
      expect(complaints).to.deep.equal([]);
    });
  }

  it('shows the same without JavaScript', async () => {
    const html = renderReport(aBreach());
    const [withScript, without] = await Promise.all(
      [true, false].map((javaScriptEnabled) => chromium!.open(html, { javaScriptEnabled })),
    );
    const [one, other] = [await textOf(withScript!.page), await textOf(without!.page)];
    expect(other).to.equal(one);
    expect(other).to.include('BREACH').and.include('p95 10 s is over the limit of 350 ms');
  });

  it('prints what is folded on a screen, in colours for paper', async () => {
    const { page } = await chromium!.open(renderReport(aBreach()), {
      colorScheme: 'dark',
      viewport: { width: 718, height: 1000 },
    });
    await page.emulateMedia({ media: 'print' });
    for (const name of ['p99.9', 'Set apart', '"action": "partition"', 'hypothesis:'])
      expect(await page.getByText(name).first().isVisible(), name).to.equal(true);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).to.equal(
      'rgb(255, 255, 255)',
    );
    expect(await page.getByRole('img', { name: /Latency, requests/ }).isVisible()).to.equal(true);
    expect(await findFaintTexts(page)).to.deep.equal([]);
    expect(await findCutOff(page)).to.deep.equal([]);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).to.be.greaterThan(20_000);
  });

  it('unfolds for a printer that does not know how, and folds again', async () => {
    const { page } = await chromium!.open(renderReport(aBreach()));
    const open = (): Promise<unknown> => page.evaluate("document.querySelectorAll('details[open]').length");
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    expect(await open()).to.equal(await page.locator('details').count());
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    expect(await open()).to.equal(0);
  });

  it('keeps hostile strings as text', async () => {
    const { page, requests, complaints } = await chromium!.open(renderReport(aHostileResult()), {
      viewport: { width: 360, height: 800 },
    });
    await openAll(page);
    expect(await page.evaluate('window.hacked')).to.equal(undefined);
    expect(await page.locator('img').count()).to.equal(0);
    expect(await page.locator('.caveats li').textContent()).to.equal(HOSTILE_CAVEAT.replace('\0', ''));
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    expect(await findCutOff(page)).to.deep.equal([]);
  });

  it('runs no script but its own', async () => {
    const html = renderReport(aResult()).replace('</main>', '<script>window.hacked=1</script></main>');
    const { page, complaints } = await chromium!.open(html);
    expect(await page.evaluate('window.hacked')).to.equal(undefined);
    expect(complaints.join()).to.include('Content Security Policy');
  });

  it('is reached by keyboard: everything that does something, in the order of the page', async () => {
    const { page } = await chromium!.open(renderReport(aBreach(), { indexHref: '../index.html' }));
    const reached: unknown[] = [];
    const all = await page.locator('a[href], summary, [tabindex="0"]').filter({ visible: true }).count();
    for (let count = 0; count < all; count++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate('document.activeElement.textContent.trim().slice(0, 24)'));
      const outline = await page.evaluate(
        "document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle",
      );
      expect(outline, `the focus on ${String(reached.at(-1))}`).to.equal('solid');
    }
    expect(reached.slice(0, 3)).to.deep.equal(['Skip to the objectives', 'All experiments', 'result.json']);
    expect(reached).to.include('The numbers behind the c');
  });

  it('reads the timeline point by point with the arrow keys', async () => {
    const { page } = await chromium!.open(renderReport(aResult()));
    const tip = page.getByRole('status');
    await page.locator('figure.chart').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await tip.innerText()).to.match(/^0:00 warmup\np99 .*\np95 .*\np50 /);
    await page.keyboard.press('PageDown');
    expect(await tip.innerText()).to.include('steady');
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).to.equal(false);
  });

  it('tells what its charts show to those who cannot see them', async () => {
    for (const width of [360, 1280]) {
      const { page } = await chromium!.open(renderReport(aResult()), { viewport: { width, height: 800 } });
      const charts = page.getByRole('img');
      expect(await charts.count()).to.equal(2);
      const tree = await page.locator('main').ariaSnapshot();
      expect(tree).to.include('img "Latency, requests and failures over time"');
      expect(tree).to.include('img "Latency at every percentile, phase by phase"');
      expect(await charts.first().locator('desc').textContent()).to.include('fault: p50 207 ms, p95 214 ms');
    }
  });
});

async function openAll(page: Page): Promise<void> {
  await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
}

function textOf(page: Page): Promise<string> {
  return page.locator('body').innerText();
}
