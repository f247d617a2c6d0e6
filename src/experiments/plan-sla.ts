import type { JudgedPhase, Objective, Sla, StopCondition } from '../sla/objective.js';
import { isLatency } from '../sla/describe-indicator.js';
import { parseStopCondition } from '../sla/parse-stop-condition.js';
import type { ExperimentDocument } from './experiment-schema.js';
import { readObjective } from './read-objective.js';

/** The objectives of an experiment whose lines have been checked. */
export function planSla(document: ExperimentDocument): Sla {
  const { sla } = document;
  const read = (phase: JudgedPhase): readonly Objective[] =>
    sla[phase].map((entry) => {
      const parsed = readObjective(entry, phase, sla.failures);
      if (!parsed.ok) throw new Error(`checked before: ${parsed.text}: ${parsed.error.message}`);
      return parsed.objective;
    });
  return { steady: read('steady'), fault: read('fault'), recovery: read('recovery') };
}

export function planStopConditions(document: ExperimentDocument): readonly StopCondition[] {
  const { failures } = document.sla;
  return document.guards.stopWhen.map((text) => {
    const parsed = parseStopCondition(text);
    if (!parsed.ok) throw new Error(`checked before: ${text}: ${parsed.error.message}`);
    const { condition } = parsed;
    return failures === 'as-measured' || !isLatency(condition.indicator)
      ? condition
      : { ...condition, failures };
  });
}

/** The experiment's own lines; the thresholds of a script stand beside them in a result. */
export function textsOf(sla: Sla): Record<JudgedPhase, string[]> {
  const texts = (phase: JudgedPhase) =>
    sla[phase].filter(({ origin }) => origin === undefined).map(({ text }) => text);
  return { steady: texts('steady'), fault: texts('fault'), recovery: texts('recovery') };
}
