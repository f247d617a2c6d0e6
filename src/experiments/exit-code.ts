import type { Outcome } from '../shared/outcome.js';
import type { UnjudgedResult } from './judge-result.js';

const OF_OUTCOME: Readonly<Record<Outcome, number>> = { pass: 0, breach: 1, inconclusive: 2 };
const NOT_READY = 69;
const MAY_BE_LIVE = 75;
const OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** The exit code of one run, as docs/verdicts-and-exit-codes.md has it. */
export function exitCodeOf({ run, faults, leftBehind }: UnjudgedResult, outcome: Outcome): number {
  const unconfirmed = faults.some(({ injections }) =>
    injections.some(({ status }) => status === 'unconfirmed'),
  );
  if (unconfirmed || leftBehind.length > 0) return MAY_BE_LIVE;
  if (run.status === 'interrupted') return OF_SIGNAL[run.signal ?? 'SIGINT'];
  // Services that did not start are the environment's matter: nothing was measured, nothing injected.
  if (run.status === 'environment-failed' && faults.every(({ injections }) => injections.length === 0)) {
    return NOT_READY;
  }
  return OF_OUTCOME[outcome];
}
