import type { JudgedPhase, Objective, Sla, StopCondition } from '../sla/objective.js';
import { parseObjective } from '../sla/parse-objective.js';
import { parseStopCondition } from '../sla/parse-stop-condition.js';
import type { ExperimentDocument } from './experiment-schema.js';

/** The objectives of an experiment whose lines have been checked. */
export function planSla(document: ExperimentDocument): Sla {
  const read = (phase: JudgedPhase): readonly Objective[] =>
    document.sla[phase].map((entry) => {
      const line = typeof entry === 'string' ? entry : entry.objective;
      const parsed = parseObjective(line, phase);
      if (!parsed.ok) throw new Error(`checked before: ${line}: ${parsed.error.message}`);
      if (typeof entry === 'string') return parsed.objective;
      const { minSamples, confidence, description } = entry;
      return { ...parsed.objective, ...definedOf({ minSamples, confidence, description }) };
    });
  return { steady: read('steady'), fault: read('fault'), recovery: read('recovery') };
}

export function planStopConditions(document: ExperimentDocument): readonly StopCondition[] {
  return document.guards.stopWhen.map((text) => {
    const parsed = parseStopCondition(text);
    if (!parsed.ok) throw new Error(`checked before: ${text}: ${parsed.error.message}`);
    return parsed.condition;
  });
}

function definedOf<T extends object>(fields: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
}

/** The experiment's own lines; the thresholds of a script stand beside them in a result. */
export function textsOf(sla: Sla): Record<JudgedPhase, string[]> {
  const texts = (phase: JudgedPhase) =>
    sla[phase].filter(({ origin }) => origin === undefined).map(({ text }) => text);
  return { steady: texts('steady'), fault: texts('fault'), recovery: texts('recovery') };
}
