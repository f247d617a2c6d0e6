import { checkRights } from '../../../shared/kubernetes/check-rights.js';
import type { PlannedFault } from '../../fault-injector.js';
import { checkBlastRadius } from '../check-blast-radius.js';
import { checkConflicts } from '../check-conflicts.js';
import { checkNamespaces } from '../check-namespaces.js';
import { checkRunners } from '../check-runners.js';
import type { ClusterAccess } from '../cluster-access.js';
import { orFinding } from '../or-finding.js';
import { checkLease, type FaultPreflight, unique } from '../preflight-fault.js';
import { rightsOf } from '../rights-of.js';
import type { TargetSurvey } from '../survey-targets.js';
import { targetNamespaces } from '../target-namespaces.js';
import { checkEviction } from './check-eviction.js';
import { surveyNative } from './survey-native.js';

/** Everything that would stop a fault of Plimsoll's own, all at once. Evicts nothing: the API server only pretends to. */
export async function preflightNative(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<FaultPreflight> {
  const { client, config } = access;
  const outside = checkNamespaces(config, fault);
  // What the environment does not allow is not even looked at.
  if (outside.length > 0) return { findings: outside, survey: undefined };
  const places = targetNamespaces(config, fault);
  let survey: TargetSurvey | undefined;
  const checks = [
    async () => await checkRights(client, rightsOf(fault, config.namespace, places), signal),
    async () => {
      const checked = await checkTargets(access, fault, signal);
      survey = checked.survey;
      return checked.findings;
    },
    async () =>
      (await Promise.all(places.map(async (each) => await checkLease(access, each, signal)))).flat(),
  ];
  const found = await Promise.all(checks.map(async (check) => await orFinding(check, client.kubectl)));
  return {
    findings: unique([...checkRunners(fault, config.namespace, access.runners), ...found.flat()]),
    survey,
  };
}

async function checkTargets(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<FaultPreflight> {
  const { client, config } = access;
  const { survey, findings } = await surveyNative(access, fault, signal);
  if (survey === undefined) return { findings, survey };
  const { pods } = survey.choice;
  const [conflicts, eviction] = await Promise.all([
    checkConflicts(client, pods, signal),
    checkEviction(access, fault, survey, signal),
  ]);
  const services = survey.services.status === 'seen' ? survey.services.services : [];
  const radius = checkBlastRadius(fault.manifest, pods, services, config.guards);
  return { survey, findings: [...findings, ...radius, ...conflicts, ...eviction] };
}
