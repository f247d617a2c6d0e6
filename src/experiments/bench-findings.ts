import type { Finding } from '../shared/finding.js';
import { formatDuration, parseDuration } from '../shared/units.js';
import { samplesNeeded } from '../sla/compare.js';
import { JUDGED_PHASES } from '../sla/objective.js';
import type { Plan } from './plan.js';

/** What a load of benchmarks, or one without, cannot answer, as far as it is known before the run. */
export function benchFindings({
  load,
  phasesMs,
  sla,
  stopWhen,
}: Pick<Plan, 'load' | 'phasesMs' | 'sla'> & {
  readonly stopWhen: Plan['guards']['stopWhen'];
}): readonly Finding[] {
  const objectives = JUDGED_PHASES.flatMap((phase) =>
    sla[phase].map((objective) => ({ phase, objective, isBench: objective.indicator.kind === 'bench' })),
  );
  if (load.kind !== 'go-bench') {
    return objectives
      .filter(({ isBench }) => isBench)
      .map(({ objective: { text } }) => ({
        severity: 'warning',
        code: 'no-benchmarks',
        message: `"${text}" will be inconclusive: the load runs no benchmarks`,
        remedy: 'make the load a load.goBench, or leave the objective out',
      }));
  }
  const measuringMs = load.benchtime.endsWith('x') ? undefined : parseDuration(load.benchtime);
  return [
    ...stopWhen.map(({ text }): Finding => ({
      severity: 'stop',
      code: 'stop-condition-blind',
      message: `the stop condition "${text}" would see nothing: load.goBench records no requests`,
      remedy: 'leave it out and stop by guards.halt, or put the service under a load that records requests',
    })),
    ...objectives.flatMap(({ phase, objective, isBench }): readonly Finding[] => {
      const { text, indicator } = objective;
      if (!isBench) {
        return [
          {
            severity: 'warning',
            code: 'no-requests',
            message: `"${text}" of the ${phase} phase will be inconclusive: load.goBench records no requests`,
            remedy: `judge what the benchmark reports: bench("BenchmarkName", "unit")${indicator.kind === 'recovery' ? ' in the recovery phase' : ''}`,
          },
        ];
      }
      const needed = samplesNeeded(objective);
      if (measuringMs === undefined || measuringMs * needed <= phasesMs[phase]) return [];
      return [
        {
          severity: 'warning',
          code: 'too-few-readings',
          message: `"${text}" of the ${phase} phase cannot be judged: it needs ${needed} readings of ${formatDuration(measuringMs)} or more, and the phase takes ${formatDuration(phasesMs[phase])}`,
          remedy: 'make the phase longer, or load.goBench.benchtime shorter',
        },
      ];
    }),
  ];
}
