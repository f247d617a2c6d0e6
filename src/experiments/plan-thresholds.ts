import type { ScriptThreshold } from '../bench/script-threshold.js';
import type { Finding } from '../shared/finding.js';
import type { Objective, Sla } from '../sla/objective.js';
import { parseThreshold } from '../sla/parse-threshold.js';

/** The script's own thresholds as further objectives of the fault phase: docs/decisions/0036 has the reasons. */
export function addThresholds(sla: Sla, thresholds: readonly ScriptThreshold[]): Sla {
  const objectives = thresholds.flatMap((threshold): readonly Objective[] => {
    const parsed = parseThreshold(threshold);
    return parsed.ok ? [parsed.objective] : [];
  });
  return objectives.length === 0 ? sla : { ...sla, fault: [...sla.fault, ...objectives] };
}

/** What of the thresholds is not judged, or not done. */
export function thresholdFindings(thresholds: readonly ScriptThreshold[]): readonly Finding[] {
  return thresholds.flatMap((threshold): readonly Finding[] => {
    const parsed = parseThreshold(threshold);
    const text = `${threshold.metric}: ${threshold.expression}`;
    if (!parsed.ok) {
      return [
        {
          severity: 'warning',
          code: 'threshold-unreadable',
          message: `the threshold "${text}" of the script is not judged: ${parsed.reason}`,
          remedy: 'write it as an objective, or set load.k6.thresholds to ignore',
        },
      ];
    }
    if (!threshold.abortOnFail) return [];
    return [
      {
        severity: 'warning',
        code: 'threshold-abort-ignored',
        message: `the threshold "${text}" of the script is judged after the run, and its abortOnFail is ignored`,
        remedy: 'guards.stopWhen ends a fault early',
      },
    ];
  });
}
