import { formatShare } from '../shared/units.js';
import type { PhaseWindow } from '../shared/phases.js';
import type { Evidence } from '../sla/evidence.js';
import { JUDGED_PHASES } from '../sla/objective.js';

/** From which wait on what is explained by it; the worst first. docs/statistics-measured.md has what was measured. */
const EXPLAINED = [
  { from: 0.8, explains: 10 },
  { from: 0.5, explains: 2 },
] as const;

/**
 * Says by phase why it is no like of the steady phase: the machine of Plimsoll, which makes the load and in the local
 * environment is the service too, was busy in one of them.
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
      const worst = Math.max(...own, ...steady);
      const explained = EXPLAINED.find(({ from }) => worst >= from);
      if (own.length === 0 || explained === undefined) return [];
      const beside = phase === 'steady' ? '' : ` and ${shown(steady)} of the steady phase`;
      const why = `something waited for a processor in ${shown(own)} of the ${phase} phase${beside}`;
      return [[phase, { why, explains: explained.explains }]];
    }),
  );
}

/** In whole percent: the next run reads another number. */
function shown(waits: readonly number[]): string {
  return formatShare(Math.round(Math.max(...waits) * 100) / 100);
}
