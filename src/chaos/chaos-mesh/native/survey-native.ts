import type { Finding } from '../../../shared/finding.js';
import type { PlannedFault } from '../../fault-injector.js';
import { checkOwners, checkOwnPods, warnAboutNotReady, warnAboutNotRunning } from '../check-pods.js';
import type { ClusterAccess } from '../cluster-access.js';
import { surveyAround, surveyTargets, type TargetSurvey } from '../survey-targets.js';
import { planDrain } from './plan-drain.js';

export interface NativeSurvey {
  readonly findings: readonly Finding[];
  /** Undefined where there is nothing to hit. */
  readonly survey: TargetSurvey | undefined;
}

/** The pods that a fault of Plimsoll's own would evict, what stands around them, and what speaks against it. */
export async function surveyNative(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<NativeSurvey> {
  if (fault.manifest.kind === 'NodeDrain') return await surveyDrain(access, fault, signal);
  const surveyed = await surveyTargets(access, fault, signal);
  if (surveyed.status === 'none') return { findings: [surveyed.finding], survey: undefined };
  const { pods, notRunning } = surveyed.choice;
  const findings = [
    ...checkOwnPods(pods, access.ownPod),
    ...checkOwners(fault, pods),
    ...warnAboutNotRunning(notRunning),
    ...warnAboutNotReady(pods),
  ];
  return { findings, survey: surveyed };
}

async function surveyDrain(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<NativeSurvey> {
  const { nodes, pods, findings } = await planDrain(access, fault, signal);
  if (pods.length === 0) return { findings, survey: undefined };
  const choice = { status: 'chosen', pods, matched: pods, notRunning: [] } as const;
  const selector = { nodes: nodes.map(({ id }) => id) };
  return { findings, survey: await surveyAround(access.client, selector, choice, signal) };
}
