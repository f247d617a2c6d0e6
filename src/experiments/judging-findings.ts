import type { Finding } from '../shared/finding.js';
import { didYouMean } from '../shared/nearest-name.js';
import { formatCount, formatDuration } from '../shared/units.js';
import { isCeiling } from '../sla/compare.js';
import { STAYS_MS } from '../sla/find-recovery.js';
import { JUDGED_PHASES } from '../sla/objective.js';
import { expectSamples } from './expect-samples.js';
import type { Plan } from './plan.js';

/** What the planned load and phases cannot answer, as far as it is known before the run. */
export function judgingFindings(
  plan: Pick<Plan, 'load' | 'phasesMs' | 'sla' | 'trials'>,
): readonly Finding[] {
  return [...sampleFindings(plan), ...recoveryFindings(plan)];
}

function sampleFindings(plan: Pick<Plan, 'load' | 'phasesMs' | 'sla' | 'trials'>): readonly Finding[] {
  return JUDGED_PHASES.flatMap((phase) =>
    plan.sla[phase].flatMap((objective): readonly Finding[] => {
      const forecast = expectSamples(objective, phase, plan);
      if (forecast.status !== 'too-few') return [];
      const { expected, needed, where } = forecast;
      const { name } = objective.tags;
      if (expected === 0 && name !== undefined && plan.load.kind === 'http') {
        const known = plan.load.requests.map((request) => request.name);
        return [
          {
            severity: 'warning',
            code: 'unknown-endpoint',
            message: `"${objective.text}" of the ${phase} phase cannot be judged: the load has no endpoint "${name}"${didYouMean(name, known)}`,
            remedy: `name one of those that it has: ${known.map((one) => `"${one}"`).join(', ')}`,
          },
        ];
      }
      const fewer =
        objective.minSamples === undefined ? 'ask for a lower percentile' : 'ask for less by minSamples';
      return [
        {
          severity: 'warning',
          code: 'too-few-samples',
          message: `"${objective.text}" of the ${phase} phase cannot be judged: ${formatCount(expected)} samples are expected in the ${where} phase, and ${formatCount(needed)} are needed`,
          remedy: `make the ${where} phase longer, raise the rate, or ${fewer}`,
        },
      ];
    }),
  );
}

/** A recovery that is not seen to hold for 3 s before its phase ends is no number. */
function recoveryFindings({ phasesMs, sla }: Pick<Plan, 'phasesMs' | 'sla'>): readonly Finding[] {
  return sla.recovery.flatMap(({ indicator, comparator, limit, text }): readonly Finding[] => {
    if (indicator.kind !== 'recovery' || limit.kind !== 'absolute' || !isCeiling(comparator)) return [];
    const neededMs = limit.value + STAYS_MS;
    if (phasesMs.recovery >= neededMs) return [];
    const seenMs = phasesMs.recovery - STAYS_MS;
    const unless =
      seenMs > 0
        ? `where recovery takes more than ${formatDuration(seenMs)}`
        : 'unless the service recovers at once';
    return [
      {
        severity: 'warning',
        code: 'recovery-phase-short',
        message: `"${text}" will be inconclusive ${unless}: the recovery phase takes ${formatDuration(phasesMs.recovery)}, and the service must be seen to hold for its last ${formatDuration(STAYS_MS)}`,
        remedy: `make the recovery phase ${formatDuration(neededMs)} or longer, or lower the limit`,
      },
    ];
  });
}
