import type { Finding } from '../../../shared/finding.js';
import type { PlannedFault } from '../../fault-injector.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { Pod } from '../pod.js';
import { type BudgetReading, describeBudget, underSeveral } from '../read-budgets.js';
import type { TargetSurvey } from '../survey-targets.js';
import { askEviction, type EvictionAnswer, UNDER_SEVERAL } from './ask-eviction.js';
import { gracePeriodOf } from './grace-period-of.js';

/** What budgets and the API server say to evicting the pods now. By the time of the injection it may be otherwise. */
export async function checkEviction(
  { client }: ClusterAccess,
  fault: PlannedFault,
  { choice: { pods }, budgets }: Pick<TargetSurvey, 'choice' | 'budgets'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const gracePeriodSeconds = gracePeriodOf(fault);
  const answers = await Promise.all(
    pods.map(async (pod) => ({
      pod,
      answer: await askEviction(client, { pod, gracePeriodSeconds, dryRun: true }, signal),
    })),
  );
  const refusing = budgets.filter(({ refused }) => refused > 0);
  const stuck = underSeveral(
    budgets.map(({ budget }) => budget),
    pods,
  );
  const known = new Set([...refusing.flatMap((reading) => reading.pods), ...stuck]);
  return [
    ...refusing.map(warnAboutBudget),
    ...stuck.map(({ id }) => never(id, UNDER_SEVERAL)),
    ...answers.flatMap(({ pod, answer }) => (known.has(pod) ? [] : findingOf(pod, answer))),
  ];
}

function warnAboutBudget(reading: BudgetReading): Finding {
  return {
    severity: 'warning',
    code: 'budget-refuses',
    message: `${describeBudget(reading)}; it is asked again until deadlines.inject is over, and then the run is inconclusive`,
    remedy:
      'Run more replicas, choose fewer pods, or give deadlines.inject more time where replicas become ready meanwhile.',
  };
}

function findingOf({ id }: Pod, answer: EvictionAnswer): readonly Finding[] {
  switch (answer.status) {
    case 'evicted':
    case 'gone': // the run draws anew
    case 'forbidden': // the check of rights tells
      return [];
    case 'impossible':
      return [never(id, answer.reason)];
    case 'refused':
    case 'unanswered':
      return [
        {
          severity: 'warning',
          code: 'eviction-refused',
          message: `${id} could not be evicted as things stand: ${answer.reason}`,
          remedy: 'It is asked for until deadlines.inject is over, and then the run is inconclusive.',
        },
      ];
  }
}

function never(id: string, reason: string): Finding {
  return {
    severity: 'stop',
    code: 'cannot-be-evicted',
    message: `${id} cannot be evicted: ${reason}`,
    remedy: 'Choose other targets, or see to what keeps this one.',
  };
}
