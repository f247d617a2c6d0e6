import { formatShare } from '../shared/units.js';
import type { PhaseWindow } from '../shared/phases.js';

/** From here on hardly a moment passed in which nobody had to wait for a processor. */
const OVERLOADED = 0.8;

/**
 * Says in a clause that the machine of Plimsoll, which makes the load and in the local environment is the service too, was
 * too busy to be held against itself. Undefined where it was not, where nobody knows, and where a fault is to make it so.
 */
export function describeOverload(
  windows: readonly PhaseWindow[],
  faults: readonly { readonly kind: string }[],
): string | undefined {
  if (faults.some(({ kind }) => kind === 'StressChaos')) return undefined;
  const [worst] = windows
    .filter(({ phase }) => phase !== 'warmup')
    .flatMap(({ phase, cpuWait }) => (cpuWait === undefined ? [] : [{ phase, cpuWait }]))
    .toSorted((a, b) => b.cpuWait - a.cpuWait);
  if (worst === undefined || worst.cpuWait < OVERLOADED) return undefined;
  return `some process had to wait for a processor in ${formatShare(worst.cpuWait)} of the ${worst.phase} phase: a machine so busy is slow by itself`;
}
