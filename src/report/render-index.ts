import { OUTCOMES, worst } from '../shared/outcome.js';
import { formatDuration } from '../shared/units.js';
import { OUTCOME_MARKS, outcomeWord } from './describe-verdict.js';
import { formatMoment } from './format-moment.js';
import { framePage } from './frame-page.js';
import { loadTemplate } from './load-template.js';
import type { NotRun } from './render-junit.js';
import { viewIndexRows, type IndexEntry } from './view-index.js';

export interface IndexOptions {
  /** What the page calls itself: the suite's name, say. */
  readonly title?: string;
  /** Where the JUnit file lies, seen from the page; left out where there is none. */
  readonly junitHref?: string;
  /** What was meant to run and gave no result. */
  readonly notRun?: readonly NotRun[];
}

/** index.html: the resilience baseline, one line for each run, worst and tightest first. */
export function renderIndex(entries: readonly IndexEntry[], options: IndexOptions = {}): string {
  const { notRun = [] } = options;
  const { outcome: ofRuns, counts, rows } = viewIndexRows(entries);
  const outcome = worst([ofRuns, ...notRun.map(() => 'inconclusive' as const)]);
  const started = entries.map(({ result }) => result.run.startedAtMs);
  const ended = entries.map(({ result }) => result.run.endedAtMs);
  const title = options.title ?? 'Resilience baseline';
  const versions = new Set(entries.map(({ result }) => result.versions.plimsoll));
  return loadTemplate('index')({
    page: framePage({
      title: `${outcomeWord(outcome)}: ${title}`,
      script: 'index.js',
      outcome,
      version: [...versions].join(', '),
    }),
    title,
    outcome,
    word: outcomeWord(outcome),
    mark: OUTCOME_MARKS[outcome],
    counts: OUTCOMES.map((each) => ({
      outcome: each,
      count: String(counts[each]),
      word: outcomeWord(each),
      mark: OUTCOME_MARKS[each],
    })),
    facts:
      entries.length === 0
        ? []
        : [
            { name: 'Experiments', value: String(entries.length) },
            { name: 'Started', value: formatMoment(Math.min(...started)) },
            { name: 'Took', value: formatDuration(Math.max(...ended) - Math.min(...started)) },
            {
              name: 'Environments',
              value: [...new Set(entries.map(({ result }) => result.environment.name))].join(', '),
            },
          ],
    rows,
    junitHref: options.junitHref ?? '',
    notRun,
  });
}
