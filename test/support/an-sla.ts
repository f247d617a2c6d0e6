import type { JudgedPhase, Objective, Sla } from '../../src/sla/objective.js';
import { parseObjective } from '../../src/sla/parse-objective.js';

/** The objective that the line says. */
export function anObjective(
  line: string,
  phase: JudgedPhase = 'fault',
  more: Partial<Objective> = {},
): Objective {
  const parsed = parseObjective(line, phase);
  if (!parsed.ok) throw new Error(`cannot read "${line}": ${parsed.error.message}`);
  return { ...parsed.objective, ...more };
}

export function anSla(lines: Partial<Record<JudgedPhase, readonly string[]>>): Sla {
  const of = (phase: JudgedPhase) => (lines[phase] ?? []).map((line) => anObjective(line, phase));
  return { steady: of('steady'), fault: of('fault'), recovery: of('recovery') };
}
