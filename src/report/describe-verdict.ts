import type { Result } from '../experiments/result-schema.js';
import { withRemedy } from '../shared/errors.js';
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
  const leftBehind = result.leftBehind.map(({ message, remedy }) => withRemedy(message, remedy));
  return {
    outcome,
    word: WORDS[outcome],
    headline:
      outcome === 'pass'
        ? `the SLA held under ${faults}`
        : outcome === 'breach'
          ? withFaults(reason, faults, isOfRecovery(result))
          : reason,
    details: [outcome === 'pass' ? reason : '', statusReason === reason ? '' : statusReason].filter(
      (text) => text !== '',
    ),
    caveats: caveats.filter((caveat) => !leftBehind.some((thing) => isReason(caveat, thing))),
    mayBeLive: result.faults.flatMap((fault) =>
      fault.injections
        .filter((injection) => injection.status === 'unconfirmed')
        .map((injection) => `${fault.name} (${fault.kind}): ${injection.evidence}`),
    ),
    leftBehind,
  };
}

/** The caveats where the objectives stand beside them, each with its reason: what a reason says is not said again. */
export function caveatsBesideReasons(
  { caveats }: VerdictDescription,
  { judgements }: Pick<Result, 'judgements'>,
): readonly string[] {
  const reasons = judgements.filter(({ outcome }) => outcome !== 'pass').map(({ reason }) => reason);
  return caveats.filter((caveat) => !reasons.some((reason) => isReason(caveat, reason)));
}

/** Whether a sentence is that reason, with how many others there are. */
export function isReason(sentence: string, reason: string): boolean {
  return [reason, `${reason}.`].includes(sentence) || sentence.startsWith(`${reason}, and `);
}

export function outcomeWord(outcome: Outcome): VerdictDescription['word'] {
  return WORDS[outcome];
}

/** What was measured after the fault was not measured under it. */
function withFaults(reason: string, faults: string, afterwards: boolean): string {
  if (reason.includes(faults)) return reason;
  return afterwards ? `${reason}; the fault was ${faults}` : `${reason}, under ${faults}`;
}

/** Whether the breach that decided is one of the recovery phase. */
function isOfRecovery({ judgements, verdict }: Result): boolean {
  const decisive = judgements.find(
    ({ outcome, reason }) => outcome === 'breach' && verdict.reason.startsWith(reason),
  );
  return decisive?.phase === 'recovery';
}
