import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Without these Chromium needs a display and a kernel's sandbox, and calls home. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A browser for the tests of one file, and the folder of the pages that it opens. */
export interface TestBrowser {
  readonly browser: Browser;
  /** Opens a page from a file, and keeps account of all that it asks for and complains about. */
  open(html: string, options?: BrowserContextOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

export interface OpenPage {
  readonly page: Page;
  /** Addresses asked for after the page's own. */
  readonly requests: readonly string[];
  /** Errors and warnings of the console, and uncaught ones. */
  readonly complaints: readonly string[];
}

/** PLIMSOLL_TEST_CHROMIUM, or a Chromium on PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const given = process.env.PLIMSOLL_TEST_CHROMIUM;
  if (given !== undefined && given !== '') return given;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

export async function startBrowser(executablePath: string): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-page-'));
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  let count = 0;
  return {
    browser,
    async open(html, options = {}) {
      const file = join(folder, `page-${++count}.html`);
      await writeFile(file, html);
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      const own = pathToFileURL(file).href;
      // An icon in a data: address is no request to anybody.
      page.on('request', (request) => {
        if (request.url() !== own && !request.url().startsWith('data:')) requests.push(request.url());
      });
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(own);
      return { page, requests, complaints };
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
