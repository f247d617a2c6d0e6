import { formatShare } from '../shared/units.js';
import type { PhaseWindow } from '../shared/phases.js';
import type { Evidence } from '../sla/evidence.js';
import { JUDGED_PHASES } from '../sla/objective.js';

/** From here on the wait for a processor moves latencies by itself: docs/statistics.md has what was measured. */
const BUSY = 0.5;

/**
 * Says by phase, in a clause, why it cannot be held against the steady phase: the machine of Plimsoll, which makes the load
 * and in the local environment is the service too, was too busy in one of them.
 * Empty where it was not, where nobody knows, and where a fault is to make it so.
 */
export function describeOverload(
  windows: readonly PhaseWindow[],
  faults: readonly { readonly kind: string }[],
): NonNullable<Evidence['overload']> {
  if (faults.some(({ kind }) => kind === 'StressChaos')) return {};
  const waitsOf = (phase: PhaseWindow['phase']) =>
    windows.flatMap((window) => (window.phase === phase ? (window.cpuWait ?? []) : []));
  const steady = waitsOf('steady');
  if (steady.length === 0) return {};
  return Object.fromEntries(
    JUDGED_PHASES.flatMap((phase) => {
      const own = waitsOf(phase);
      if (own.length === 0 || Math.max(...own, ...steady) < BUSY) return [];
      const beside = phase === 'steady' ? '' : `, and in ${shown(steady)} of the steady phase`;
      return [
        [
          phase,
          `the machine was too busy to tell: something waited for a processor in ${shown(own)} of the ${phase} phase${beside}`,
        ],
      ];
    }),
  );
}

/** In whole percent: the next run reads another number. */
function shown(waits: readonly number[]): string {
  return formatShare(Math.round(Math.max(...waits) * 100) / 100);
}
