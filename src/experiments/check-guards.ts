import type { ServiceDescription } from '../chaos/environment.js';
import type { PlannedTarget } from '../chaos/fault-injector.js';
import { shareOfServices } from '../chaos/share-of-services.js';
import type { Finding } from '../shared/finding.js';

export interface TargetGuards {
  readonly maxTargets?: number | undefined;
  /** 0 to 100, of what serves behind each service. */
  readonly maxPercent?: number | undefined;
}

const REMEDY = 'select fewer (mode: one), or allow more in the guards of the experiment';
const SHOWN = 10;

/** Whether all faults together hit more than the experiment itself allows. */
export function checkGuards(
  targets: readonly PlannedTarget[],
  services: readonly ServiceDescription[],
  guards: TargetGuards,
): readonly Finding[] {
  return [...checkCount(targets, guards.maxTargets), ...checkShare(targets, services, guards.maxPercent)];
}

function checkCount(targets: readonly PlannedTarget[], maxTargets: number | undefined): readonly Finding[] {
  const hit = [...new Set(targets.map(({ id }) => id))];
  if (maxTargets === undefined || hit.length <= maxTargets) return [];
  const named = `${hit.slice(0, SHOWN).join(', ')}${hit.length > SHOWN ? `, and ${hit.length - SHOWN} more` : ''}`;
  return [
    {
      severity: 'stop',
      code: 'blast-radius',
      message: `${hit.length} targets would carry a fault (${named}); guards.maxTargets allows ${maxTargets}`,
      remedy: REMEDY,
    },
  ];
}

function checkShare(
  targets: readonly PlannedTarget[],
  services: readonly ServiceDescription[],
  maxPercent: number | undefined,
): readonly Finding[] {
  if (maxPercent === undefined || targets.length === 0) return [];
  const shares = shareOfServices(targets, services);
  if (shares.length === 0) {
    return [
      {
        severity: 'warning',
        code: 'guard-not-checked',
        message: 'guards.maxPercent was not checked: nobody knows how many serve beside the targets',
        remedy: 'on a cluster, put a Service in front of them, and grant the right to list services',
      },
    ];
  }
  return shares
    .filter(({ percent }) => percent > maxPercent)
    .map(({ service, hit, ready, percent }) => ({
      severity: 'stop',
      code: 'blast-radius',
      message: `${hit} of ${ready} that serve behind ${service} would carry a fault (${Math.round(percent)} %); guards.maxPercent allows ${maxPercent}`,
      remedy: REMEDY,
    }));
}
