import { join, relative, sep } from 'node:path';
import { renderIndex } from '../report/render-index.js';
import { renderJunit, type NotRun } from '../report/render-junit.js';
import type { IndexEntry } from '../report/view-index.js';
import type { StoredRun } from './execute-run.js';
import { writeText } from './write-text.js';

/** Where the pages of several runs lie: beside the folders of their experiments, named after the first run. */
export function baselineFolder(reports: string, firstRunId: string): string {
  return join(reports, `baseline-${firstRunId}`);
}

/** Writes index.html and junit.xml of several runs, and returns the path of the index. */
export async function writeBaseline(
  folder: string,
  runs: readonly StoredRun[],
  notRun: readonly NotRun[],
): Promise<string> {
  const entries: readonly IndexEntry[] = runs.map((stored) => ({
    result: stored.result,
    href: hrefFrom(folder, join(stored.folder, 'report.html')),
  }));
  await writeText(
    join(folder, 'junit.xml'),
    renderJunit(
      runs.map(({ result }) => result),
      notRun,
    ),
  );
  const index = join(folder, 'index.html');
  await writeText(index, renderIndex(entries, { junitHref: 'junit.xml', notRun }));
  return index;
}

/** A relative path as a link. */
export function hrefFrom(folder: string, path: string): string {
  return relative(folder, path).split(sep).map(encodeURIComponent).join('/');
}
