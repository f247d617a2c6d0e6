import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { renderIndex } from '../../src/report/render-index.js';
import { aResult } from '../support/a-result.js';
import { aHostileResult } from '../support/hostile.js';
import { findChromium, startBrowser, type TestBrowser } from '../support/open-page.js';
import { requires } from '../support/requirement.js';
import { findCutOff, findFaintTexts } from '../support/run-in-page.js';
import { aBreach, anInconclusiveRun, aRunOfSeveralFaults } from '../support/some-results.js';

const html = renderIndex(
  [aResult(), aBreach(), anInconclusiveRun(), aRunOfSeveralFaults()].map((result) => ({
    result,
    href: `../${result.experiment.name}/report.html`,
  })),
  { junitHref: 'junit.xml' },
);
const WORST_FIRST = [
  'order-submit-partition',
  'cart-pod-kill',
  'checkout-two-faults',
  'order-submit-network-delay',
];

describe('the index page in a browser', () => {
  let chromium: TestBrowser | undefined;

  const path = findChromium();
  before(async () => {
    if (path !== undefined) chromium = await startBrowser(path);
  });
  beforeEach(function () {
    requires(this, 'Chromium', path);
  });
  after(() => chromium?.close());

  it('asks for nothing, complains of nothing, is not cut off, and can be read', async () => {
    const { page, requests, complaints } = await chromium!.open(html);
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

  it('shows every column at a width of 1280, and on a phone without scrolling sideways', async () => {
    for (const width of [360, 1280]) {
      const { page } = await chromium!.open(html, { viewport: { width, height: 800 } });
      const hidden = await page.evaluate(
        "document.querySelector('.scroll').scrollWidth - document.querySelector('.scroll').clientWidth",
      );
      expect(hidden, `at ${width}`).to.equal(0);
    }
  });

  it('fits on paper', async () => {
    const { page } = await chromium!.open(html, { viewport: { width: 718, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    expect(await findCutOff(page)).to.deep.equal([]);
    expect(await findFaintTexts(page)).to.deep.equal([]);
  });

  it('has the worst first, without JavaScript too', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await chromium!.open(html, { javaScriptEnabled });
      expect(await names(page)).to.deep.equal(WORST_FIRST);
    }
  });

  it('sorts by a column when its heading is clicked, and the other way at the next click', async () => {
    const { page } = await chromium!.open(html);
    const heading = page.getByRole('columnheader', { name: 'Experiment' });
    await heading.getByRole('button').click();
    expect(await names(page)).to.deep.equal(WORST_FIRST.toSorted().toReversed());
    expect(await heading.getAttribute('aria-sort')).to.equal('descending');
    await heading.getByRole('button').click();
    expect(await names(page)).to.deep.equal(WORST_FIRST.toSorted());
    expect(await heading.getAttribute('aria-sort')).to.equal('ascending');
    expect(await page.locator('[aria-sort]').count()).to.equal(1);
  });

  it('sorts by number, and takes what was not measured for the worst', async () => {
    const { page } = await chromium!.open(html);
    const button = page.getByRole('columnheader', { name: 'Recovery' }).getByRole('button');
    await button.click();
    expect((await names(page)).slice(0, 2)).to.deep.equal(['cart-pod-kill', 'order-submit-partition']);
    await button.click();
    expect((await names(page)).slice(2)).to.deep.equal(['order-submit-partition', 'cart-pod-kill']);
  });

  it('sorts by keyboard', async () => {
    const { page } = await chromium!.open(html);
    for (let count = 0; count < 10 && !(await isFocused(page, 'Experiment')); count++)
      await page.keyboard.press('Tab');
    expect(await isFocused(page, 'Experiment')).to.equal(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(await names(page)).to.deep.equal(WORST_FIRST.toSorted());
    expect(await isFocused(page, 'Experiment'), 'the focus stays').to.equal(true);
  });

  it('keeps hostile strings as text', async () => {
    const page = renderIndex([{ result: aHostileResult(), href: 'javascript:window.hacked=3' }]);
    const opened = await chromium!.open(page, { viewport: { width: 360, height: 800 } });
    expect(await opened.page.evaluate('window.hacked')).to.equal(undefined);
    expect(await opened.page.locator('img').count()).to.equal(0);
    expect(opened.complaints).to.deep.equal([]);
    expect(await findCutOff(opened.page)).to.deep.equal([]);
  });
});

function names(page: Page): Promise<readonly string[]> {
  return page.locator('tbody th a').allTextContents();
}

function isFocused(page: Page, heading: string): Promise<unknown> {
  return page.evaluate(`document.activeElement.closest('th')?.textContent === '${heading}'`);
}
