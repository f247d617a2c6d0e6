import type { Result } from '../experiments/result-schema.js';
import { OUTCOMES, worst, type Outcome } from '../shared/outcome.js';
import { formatDuration, formatShare } from '../shared/units.js';
import { describeFaults } from './describe-fault.js';
import { describeVerdict, OUTCOME_MARKS, outcomeWord } from './describe-verdict.js';
import { drawSpark } from './draw-spark.js';
import { formatMaybeMs, formatRatio } from './format-reading.js';
import { findMeasurement } from './view-endpoints.js';
import { tightestObjective } from './view-objectives.js';

/** A run and where its report lies, seen from the page that links to it; empty where there is no link. */
export interface IndexEntry {
  readonly result: Result;
  readonly href: string;
}

/** One run as a line of the matrix. Each `sort` is what its cell is ordered by. */
export interface IndexRow {
  readonly name: string;
  readonly href: string;
  readonly outcome: Outcome;
  readonly word: string;
  readonly mark: string;
  readonly rank: number;
  readonly headline: string;
  readonly fault: string;
  readonly environment: string;
  /** `83 %`: the weighted share of its objectives that were met; empty in results that have none. */
  readonly score: string;
  /** `2 warnings`; empty where there are none. */
  readonly warnings: string;
  readonly p95: Comparison;
  readonly p99: Comparison;
  readonly recovery: string;
  readonly recoverySort: number;
  /** The objective nearest to its limit. */
  readonly tightest: string;
  readonly margin: string;
  /** The share of the limit that it used up; infinite where nothing could be compared. */
  readonly marginSort: number;
  readonly spark: string;
}

export interface Comparison {
  readonly before: string;
  readonly after: string;
  readonly ratio: string;
  readonly beforeSort: number;
  readonly afterSort: number;
  readonly ratioSort: number;
}

export interface IndexRows {
  readonly outcome: Outcome;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Worst outcome first, then the tightest margin. */
  readonly rows: readonly IndexRow[];
}

/** Where a number is missing, its line sorts as the largest: what is not known is not good. */
const MISSING = Number.MAX_VALUE;

export function viewIndexRows(entries: readonly IndexEntry[]): IndexRows {
  const rows = entries
    .map(viewRow)
    .sort((a, b) => b.rank - a.rank || b.marginSort - a.marginSort || (a.name < b.name ? -1 : 1));
  const count = (outcome: Outcome): number => rows.filter((row) => row.outcome === outcome).length;
  return {
    outcome: worst(rows.map((row) => row.outcome)),
    counts: { pass: count('pass'), inconclusive: count('inconclusive'), breach: count('breach') },
    rows,
  };
}

function viewRow({ result, href }: IndexEntry): IndexRow {
  const verdict = describeVerdict(result);
  const steady = findMeasurement(result, 'steady');
  const fault = findMeasurement(result, 'fault');
  const tightest = tightestObjective(result);
  const warnings = result.judgements.filter(({ warning }) => warning !== undefined).length;
  return {
    name: result.experiment.name,
    href,
    outcome: verdict.outcome,
    word: outcomeWord(verdict.outcome),
    mark: OUTCOME_MARKS[verdict.outcome],
    rank: OUTCOMES.indexOf(verdict.outcome),
    headline: verdict.headline,
    fault: describeFaults(result.faults),
    environment: result.environment.name,
    score: result.score === undefined ? '' : formatShare(result.score.share),
    warnings: warnings === 0 ? '' : warnings === 1 ? '1 warning' : `${warnings} warnings`,
    p95: compare(steady?.p95Ms ?? null, fault?.p95Ms ?? null),
    p99: compare(steady?.p99Ms ?? null, fault?.p99Ms ?? null),
    recovery: result.recoveryMs === null ? '–' : formatDuration(result.recoveryMs),
    recoverySort: result.recoveryMs ?? MISSING,
    tightest: tightest === undefined ? '' : tightest.objective,
    margin: tightest === undefined ? '–' : tightest.margin,
    marginSort: tightest?.usage ?? MISSING,
    spark: drawSpark(result),
  };
}

function compare(before: number | null, after: number | null): Comparison {
  return {
    before: formatMaybeMs(before),
    after: formatMaybeMs(after),
    ratio: formatRatio(before, after) ?? '–',
    beforeSort: before ?? MISSING,
    afterSort: after ?? MISSING,
    ratioSort: before === null || after === null || before <= 0 ? MISSING : after / before,
  };
}
