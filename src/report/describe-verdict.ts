import type { Result } from '../experiments/result-schema.js';
import type { Outcome } from '../shared/outcome.js';
import { describeFaults } from './describe-fault.js';

/** A verdict in words. The report, the summary and the pull-request comment all say the same. */
export interface VerdictDescription {
  readonly outcome: Outcome;
  readonly word: 'PASS' | 'INCONCLUSIVE' | 'BREACH';
  /** What follows the word: `the SLA held under 200 ms of delay`. */
  readonly headline: string;
  /** What stands behind the headline, one sentence each; may be empty. */
  readonly details: readonly string[];
  readonly caveats: readonly string[];
  /** Faults that were not proven to be gone, one sentence each: louder than any verdict. */
  readonly mayBeLive: readonly string[];
  /** What else could not be stopped or removed. */
  readonly leftBehind: readonly string[];
}

const WORDS = { pass: 'PASS', inconclusive: 'INCONCLUSIVE', breach: 'BREACH' } as const;

/** A mark beside the word, so that no outcome is told by colour alone. */
export const OUTCOME_MARKS: Readonly<Record<Outcome, string>> = { pass: '✔', inconclusive: '?', breach: '✖' };

export function describeVerdict(result: Result): VerdictDescription {
  const { outcome, reason, caveats } = result.verdict;
  const faults = describeFaults(result.faults);
  const statusReason = result.run.statusReason;
  return {
    outcome,
    word: WORDS[outcome],
    headline:
      outcome === 'pass'
        ? `the SLA held under ${faults}`
        : outcome === 'breach'
          ? under(reason, faults)
          : reason,
    details: [outcome === 'pass' ? reason : '', statusReason === reason ? '' : statusReason].filter(
      (text) => text !== '',
    ),
    caveats,
    mayBeLive: result.faults.flatMap((fault) =>
      fault.injections
        .filter((injection) => injection.status === 'unconfirmed')
        .map((injection) => `${fault.name} (${fault.kind}): ${injection.evidence}`),
    ),
    leftBehind: result.leftBehind.map(({ message, remedy }) =>
      remedy === '' ? message : `${message}; ${remedy}`,
    ),
  };
}

export function outcomeWord(outcome: Outcome): VerdictDescription['word'] {
  return WORDS[outcome];
}

function under(reason: string, faults: string): string {
  return reason.includes(faults) ? reason : `${reason}, under ${faults}`;
}
