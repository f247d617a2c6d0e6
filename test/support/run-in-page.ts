import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '../../src/shared/package-root.js';

/** Calls the function of a file in test/fixtures/browser in the page. */
export function runInPage(page: Page, name: string): Promise<unknown> {
  const script = readFileSync(join(packageRoot, 'test', 'fixtures', 'browser', name), 'utf8');
  const [header, body = ''] = script.split(/^(?=\(\) =>)/m);
  if (header === undefined || body === '') throw new Error(`${name} has no function`);
  return page.evaluate(`(${body.trim().replace(/;$/, '')})()`);
}

/** Texts whose contrast is below WCAG AA (4.5, or 3 where they are large), with their ratio. */
export function findFaintTexts(page: Page): Promise<unknown> {
  return runInPage(page, 'find-faint-texts.js');
}

/** Elements that reach over the right edge of the page. */
export function findCutOff(page: Page): Promise<unknown> {
  return runInPage(page, 'find-cut-off.js');
}
