import type { Measurements } from '../bench/measurement.js';
import type { Evidence } from '../sla/evidence.js';
import { judge } from '../sla/judge.js';
import type { Sla } from '../sla/objective.js';

/** Whether a fault may be put in: where the service is unwell already, it would show nothing. */
export type SteadyState =
  | { readonly status: 'met'; readonly summary: string }
  | { readonly status: 'not-met'; readonly reason: string };

export function judgeSteadyState(
  sla: Sla,
  measurements: Measurements,
  more: Pick<Evidence, 'observations' | 'benchmarks'> = {},
): SteadyState {
  const judgements = judge(
    { steady: sla.steady, fault: [], recovery: [] },
    {
      measurements,
      ...more,
      recovery: { status: 'missing', reason: 'no fault has been put in yet' },
      cutShort: {},
    },
  );
  const unmet = judgements.filter(({ outcome }) => outcome !== 'pass');
  if (unmet.length > 0) {
    return {
      status: 'not-met',
      reason: `the steady state is not met: ${unmet.map(({ reason }) => reason).join('; ')}`,
    };
  }
  const held = judgements.map(({ reason }) => reason).join('; ');
  return { status: 'met', summary: held === '' ? 'there is no steady objective to be met' : held };
}
