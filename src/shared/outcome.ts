/** The only three outcomes, best to worst. */
export const OUTCOMES = ['pass', 'inconclusive', 'breach'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The worst of the outcomes. Of none at all it is inconclusive: no data is not good news. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 0) return 'inconclusive';
  if (outcomes.includes('breach')) return 'breach';
  return outcomes.includes('inconclusive') ? 'inconclusive' : 'pass';
}
