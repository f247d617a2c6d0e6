import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { findDrift } from './describe-drift.js';
import type { Evidence } from './evidence.js';
import { createIntervals } from './find-interval.js';
import { judgeObjective } from './judge-objective.js';
import type { Judgement } from './judgement.js';
import type { Sla } from './objective.js';
import { JUDGED_PHASES } from './objective.js';
import { unjudgedDrops } from './unjudged-drops.js';

/** Judges every objective, in the order of the phases and, within a phase, of the file. */
export function judge(sla: Sla, evidence: Evidence): readonly Judgement[] {
  const intervals = createIntervals(evidence);
  const drift = findDrift(evidence.measurements.slices);
  return JUDGED_PHASES.flatMap((phase) => {
    const drops = unjudgedDrops(sla[phase], evidence.measurements.find(phase, ALL_ENDPOINTS));
    return sla[phase].map((objective) =>
      judgeObjective(objective, phase, { evidence, intervals, drift, unjudgedDrops: drops }),
    );
  });
}
