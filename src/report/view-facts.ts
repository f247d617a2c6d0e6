import type { Result } from '../experiments/result-schema.js';
import { formatDuration } from '../shared/units.js';
import { describeScore } from './describe-score.js';
import { describeFaults } from './describe-fault.js';
import { formatMoment } from './format-moment.js';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Which run it was. */
export function viewFacts(result: Result): readonly Fact[] {
  const { run, experiment, environment } = result;
  const score = describeScore(result);
  return [
    { name: 'Run', value: run.id },
    { name: 'Started', value: formatMoment(run.startedAtMs) },
    { name: 'Took', value: formatDuration(run.endedAtMs - run.startedAtMs) },
    { name: 'Environment', value: environment.name },
    { name: 'Fault', value: describeFaults(result.faults) },
    { name: 'Load', value: result.plan.load },
    ...(score === undefined ? [] : [{ name: 'Score', value: score }]),
    ...(experiment.owner === undefined ? [] : [{ name: 'Owner', value: experiment.owner }]),
    ...Object.entries(experiment.labels).map(([name, value]) => ({ name, value })),
  ];
}
