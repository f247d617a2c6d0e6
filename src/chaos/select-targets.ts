import type { Finding } from '../shared/finding.js';
import { matchesSelector, type Candidate } from './matches-selector.js';
import type { PodSelector, SelectionMode } from './manifest.js';

/** Which of the candidates, and how many of them, as a chaos object says it. */
export interface TargetChoice {
  readonly selector: PodSelector;
  readonly mode: SelectionMode;
  /** A string, as in Chaos Mesh: a count for `fixed`, whole percent for the two percentage modes. */
  readonly value?: string;
}

export type Selection<C extends Candidate> =
  | { readonly status: 'selected'; readonly targets: readonly C[]; readonly matched: readonly C[] }
  | { readonly status: 'none'; readonly finding: Finding };

/**
 * Takes targets as Chaos Mesh does: percentages round up, and `fixed` takes what there is when there is less. Nothing
 * matched or nothing drawn is a finding, since a fault without a target proves nothing. The same `random` gives the
 * same targets, in whatever order the candidates come.
 *
 * @param random draws from 0 (inclusive) to 1 (exclusive)
 */
export function selectTargets<C extends Candidate>(
  choice: TargetChoice,
  candidates: readonly C[],
  random: () => number,
): Selection<C> {
  const matched = candidates
    .filter((candidate) => matchesSelector(choice.selector, candidate))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  if (matched.length === 0) return { status: 'none', finding: nothingMatched(choice.selector, candidates) };
  const count = countOf(choice, matched.length, random);
  if (typeof count === 'object') return { status: 'none', finding: count };
  const drawn = new Set(drawIndexes(matched.length, count, random));
  return { status: 'selected', targets: matched.filter((_, index) => drawn.has(index)), matched };
}

function countOf(choice: TargetChoice, matched: number, random: () => number): number | Finding {
  switch (choice.mode) {
    case 'one':
      return 1;
    case 'all':
      return matched;
    case 'fixed': {
      const wanted = wholeNumber(choice.value);
      if (wanted === undefined || wanted < 1)
        return invalidValue(choice, 'a count of 1 or more, like value: "2"');
      return Math.min(wanted, matched);
    }
    case 'fixed-percent': {
      const percent = wholeNumber(choice.value);
      if (!isPercent(percent)) return invalidValue(choice, 'whole percent from 1 to 100, like value: "50"');
      return shareOf(matched, percent);
    }
    case 'random-max-percent': {
      const most = wholeNumber(choice.value);
      if (!isPercent(most)) return invalidValue(choice, 'whole percent from 1 to 100, like value: "50"');
      const percent = Math.floor(random() * (most + 1));
      return percent === 0 ? drewNothing(most) : shareOf(matched, percent);
    }
  }
}

/** In whole numbers: 0.07 * 100 is a little more than 7, and would round up to 8. */
function shareOf(count: number, percent: number): number {
  return Math.ceil((count * percent) / 100);
}

/** Different indexes below `length`, each set of them as likely as any other. */
function drawIndexes(length: number, count: number, random: () => number): number[] {
  const left = Array.from({ length }, (_, index) => index);
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function isPercent(value: number | undefined): value is number {
  return value !== undefined && value >= 1 && value <= 100;
}

function invalidValue(choice: TargetChoice, expected: string): Finding {
  const given = choice.value === undefined ? 'there is no value' : `the value is "${choice.value}"`;
  return {
    severity: 'stop',
    code: 'invalid-selection',
    message: `mode ${choice.mode}: ${given}`,
    remedy: `Write ${expected}.`,
  };
}

function drewNothing(most: number): Finding {
  return {
    severity: 'stop',
    code: 'no-target',
    message: `mode random-max-percent drew 0 % (of at most ${most} %): no target would carry the fault`,
    remedy: 'Run again, which draws again, or use mode fixed-percent.',
  };
}

function nothingMatched(selector: PodSelector, candidates: readonly Candidate[]): Finding {
  const seen = candidates.map(({ id, labels }) => {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return `${id} (${pairs.length === 0 ? 'no labels' : pairs.join(', ')})`;
  });
  return {
    severity: 'stop',
    code: 'no-target',
    message: `the selector ${JSON.stringify(selector)} matches nothing`,
    remedy:
      seen.length === 0
        ? 'There is nothing to select from.'
        : `Select one of ${seen.slice(0, 5).join('; ')}${seen.length > 5 ? '; ...' : ''}.`,
  };
}
