import { EXIT } from '../shared/exit.js';
import type { Outcome } from '../shared/outcome.js';
import type { UnjudgedResult } from './judge-result.js';

/** The exit code of one run, as docs/verdicts-and-exit-codes.md has it. */
export function exitCodeOf({ run, faults, leftBehind }: UnjudgedResult, outcome: Outcome): number {
  const unconfirmed = faults.some(({ injections }) =>
    injections.some(({ status }) => status === 'unconfirmed'),
  );
  if (unconfirmed || leftBehind.length > 0) return EXIT.faultMayBeLive;
  // A run that its --max-duration ended got no signal: it is judged by what it has.
  if (run.signal !== undefined) return run.signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  // Services that did not start are the environment's matter: nothing was measured, nothing injected.
  if (run.status === 'environment-failed' && faults.every(({ injections }) => injections.length === 0)) {
    return EXIT.notReady;
  }
  return EXIT[outcome];
}
