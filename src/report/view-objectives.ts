import type { Result } from '../experiments/result-schema.js';
import { BEYOND_ANY_LIMIT_US } from '../shared/format-reading.js';
import type { Outcome } from '../shared/outcome.js';
import { formatCount, formatShare } from '../shared/units.js';
import { OUTCOME_MARKS, outcomeWord } from './describe-verdict.js';
import { formatInterval } from './format-interval.js';
import { formatReading, formatReadingAgainst } from './format-reading.js';

type JudgementRecord = Result['judgements'][number];

/** One objective as a line of a table. */
export interface ObjectiveView {
  readonly phase: string;
  readonly objective: string;
  readonly outcome: Outcome;
  readonly word: string;
  readonly mark: string;
  /** `214 ms`, `> 15 s`; an en dash where nothing was measured. */
  readonly reading: string;
  /** `212 to 217`, where an interval is known; its unit only where that is another than the reading's. */
  readonly interval: string;
  /** `95 %`, of the interval. */
  readonly confidence: string;
  /** `3,000 samples`, `0 of 3,000`, or why there is no reading. */
  readonly basis: string;
  /** `at most 36.6 ms`, where the objective itself does not say it: `p95 <= 3x steady`. */
  readonly limit: string;
  /** `39 % to spare`; empty where there is nothing to compare. */
  readonly margin: string;
  /** The share of what the limit allows that was used up: 1 is the limit itself, more is over it. */
  readonly usage: number | undefined;
  /** What stood in the way of a recovery at last, which no number says; empty for all else. */
  readonly still: string;
  /** Why it is not a pass; a pass needs no more words than its numbers. */
  readonly reason: string;
  /** That it is, or may be, beyond its warn limit; empty where it is not. */
  readonly warning: string;
}

const LIMIT_WORDS = { '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least' } as const;

export function viewObjectives(result: Result): readonly ObjectiveView[] {
  return result.judgements.map(viewObjective);
}

/** The objective that is nearest to its limit, or farthest over it; of a breach, among the breaches. */
export function tightestObjective(result: Result): ObjectiveView | undefined {
  const views = viewObjectives(result);
  const breaches = views.filter((view) => view.outcome === 'breach');
  const candidates = breaches.length > 0 ? breaches : views;
  return candidates
    .filter((view) => view.usage !== undefined)
    .reduce<ObjectiveView | undefined>(
      (tightest, view) => ((view.usage ?? 0) > (tightest?.usage ?? -1) ? view : tightest),
      undefined,
    );
}

function viewObjective(judgement: JudgementRecord): ObjectiveView {
  const { phase, objective, outcome, reading, interval, limit, comparator, reason } = judgement;
  const usage = usageOf(judgement);
  const isFloor = !isCeiling(comparator) && reading.status !== 'missing' && reading.unit !== 'share';
  return {
    phase,
    objective: judgement.origin === undefined ? objective : `${objective} (threshold of the script)`,
    outcome,
    word: outcomeWord(outcome),
    mark: OUTCOME_MARKS[outcome],
    reading: formatReadingOf(judgement),
    interval:
      reading.status === 'missing' || interval === undefined
        ? ''
        : formatInterval(interval.low, interval.high, reading.unit),
    confidence: interval === undefined ? '' : formatShare(interval.confidence),
    basis: basisOf(judgement),
    limit:
      limit === undefined ||
      reading.status === 'missing' ||
      judgement.origin !== undefined ||
      !isRelative(objective)
        ? ''
        : `${LIMIT_WORDS[comparator]} ${formatReading(limit, reading.unit)}`,
    margin: usage === undefined ? '' : describeMargin(usage, reading.status === 'at-least', isFloor),
    usage,
    still: reading.status === 'at-least' ? (reading.still ?? '') : '',
    reason: outcome === 'pass' ? '' : reason,
    warning: judgement.warning?.reason ?? '',
  };
}

function formatReadingOf({ reading, limit }: JudgementRecord): string {
  if (reading.status === 'missing') return '–';
  const text = formatReadingAgainst(reading.value, limit, reading.unit);
  return reading.status === 'at-least' ? `> ${text}` : text;
}

/** Limits of this kind are numbers only once there is something to relate them to. */
function isRelative(objective: string): boolean {
  return /\b(steady|baseline)\b/.test(objective);
}

function basisOf({ reading, failures }: JudgementRecord): string {
  if (reading.status === 'missing') return reading.reason;
  const counted = failures === undefined ? '' : `, failed ones ${FAILURE_WORDS[failures]}`;
  return countOf(reading) + counted;
}

const FAILURE_WORDS = { slowest: 'as slowest', 'left-out': 'left out' } as const;

function countOf(reading: Exclude<JudgementRecord['reading'], { status: 'missing' }>): string {
  return reading.unit === 'share'
    ? `${formatCount(reading.value * reading.samples)} of ${formatCount(reading.samples)}`
    : `${formatCount(reading.samples)} ${reading.samples === 1 ? 'sample' : 'samples'}`;
}

/**
 * How much of the allowance was used. For a share that must be high (availability) the allowance is what may be
 * missing from 1; for any other number that must be high it is the limit over the reading.
 */
function usageOf({ reading, limit, comparator }: JudgementRecord): number | undefined {
  if (reading.status === 'missing' || limit === undefined) return undefined;
  if (reading.unit === 'us' && reading.value >= BEYOND_ANY_LIMIT_US && isCeiling(comparator)) return Infinity;
  const usage = isCeiling(comparator)
    ? reading.value / limit
    : reading.unit === 'share'
      ? (1 - reading.value) / (1 - limit)
      : limit / reading.value;
  if (!Number.isFinite(usage) || usage < 0) return undefined;
  // A lower bound that is within the limit says nothing about how much of it was used.
  return reading.status === 'at-least' && usage < 1 ? undefined : usage;
}

function isCeiling(comparator: JudgementRecord['comparator']): boolean {
  return comparator === '<' || comparator === '<=';
}

/** What is left of the limit, or what is over or under it: `39 % to spare`, `18 % over`, `28x the limit`, `50 % under`. */
function describeMargin(usage: number, atLeast: boolean, isFloor: boolean): string {
  // A failed request that counts as longer than any limit.
  if (usage === Infinity) return 'over any limit';
  if (atLeast) return usage === 1 ? 'over' : `at least ${describeMargin(usage, false, isFloor)}`;
  if (usage === 1) return 'at the limit';
  if (usage >= 3 && !isFloor) return `${usage >= 10 ? formatCount(usage) : usage.toFixed(1)}x the limit`;
  const isUnder = isFloor && usage > 1;
  const percent = Math.abs(1 - (isUnder ? 1 / usage : usage)) * 100;
  // Rounded to 0 % or 100 % it would say that nothing, or all, is left.
  const text = percent < 1 ? '< 1' : percent > 99 && percent < 100 ? '> 99' : percent.toFixed(0);
  return usage < 1 ? `${text} % to spare` : `${text} % ${isUnder ? 'under' : 'over'}`;
}
