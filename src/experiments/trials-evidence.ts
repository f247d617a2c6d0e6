import type { Evidence } from '../sla/evidence.js';
import { describeOverload } from './describe-overload.js';
import { readRecovery, type RecoveryParts } from './read-recovery.js';
import { errorShareOf } from './trials.js';

/** What judging one run, or some trials of it, goes by beside what was measured. */
export function trialsEvidence(
  parts: RecoveryParts,
  {
    runId,
    trials = 1,
    faults,
  }: {
    readonly runId: string;
    readonly trials?: number | undefined;
    readonly faults: readonly { readonly kind: string }[];
  },
): Pick<Evidence, 'recovery' | 'seed' | 'errorShare' | 'overload'> {
  return {
    recovery: readRecovery(parts),
    seed: runId,
    errorShare: errorShareOf(parts.windows, trials),
    overload: describeOverload(parts.windows, faults),
  };
}
