import type { Finding } from '../../../shared/finding.js';
import type { PlannedFault } from '../../fault-injector.js';
import { checkBlastRadius, servicesInFront } from '../check-blast-radius.js';
import { checkConflicts } from '../check-conflicts.js';
import { checkNamespaces } from '../check-namespaces.js';
import { checkRights, rightsOf } from '../check-rights.js';
import { choiceOf, choosePods } from '../choose-pods.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { Pod } from '../pod.js';
import { orFinding } from '../or-finding.js';
import { checkLease, unique } from '../preflight-fault.js';
import { listSelectedPods } from '../select-pods.js';
import { targetNamespaces } from '../target-namespaces.js';
import { checkEviction } from './check-eviction.js';
import { planDrain } from './plan-drain.js';

/** Everything that would stop a fault of Plimsoll's own, all at once. Evicts nothing: the API server only pretends to. */
export async function preflightNative(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { client, config } = access;
  const outside = checkNamespaces(config, fault);
  // What the environment does not allow is not even looked at.
  if (outside.length > 0) return outside;
  const places = targetNamespaces(config, fault);
  const checks: readonly (() => Promise<readonly Finding[]>)[] = [
    async () => await checkRights(client, rightsOf(fault, config.namespace, places), signal),
    async () => await checkTargets(access, fault, signal),
    async () =>
      (await Promise.all(places.map(async (each) => await checkLease(access, each, signal)))).flat(),
  ];
  const found = await Promise.all(checks.map(async (check) => await orFinding(check, client.kubectl)));
  return unique(found.flat());
}

async function checkTargets(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { client, config } = access;
  const { pods, findings } =
    fault.manifest.kind === 'NodeDrain'
      ? await planDrain(access, fault, signal)
      : await chooseEvicted(access, fault, signal);
  if (pods.length === 0) return findings;
  const [services, conflicts, eviction] = await Promise.all([
    servicesInFront(client, pods, signal),
    checkConflicts(client, pods, signal),
    checkEviction(access, fault, pods, signal),
  ]);
  return [
    ...findings,
    ...checkBlastRadius(fault.manifest, pods, services, config.guards),
    ...conflicts,
    ...eviction,
  ];
}

async function chooseEvicted(
  { client, config, runId }: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<{ readonly pods: readonly Pod[]; readonly findings: readonly Finding[] }> {
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const matched = await listSelectedPods(client, choiceOf(fault).selector, own, signal);
  const choice = choosePods(fault, matched, runId);
  if (choice.status === 'none') return { pods: [], findings: [choice.finding] };
  const bare = choice.pods.filter(({ owner }) => owner === '');
  const findings: Finding[] = [];
  if (bare.length > 0) {
    findings.push({
      severity: 'stop',
      code: 'no-owner',
      message: `nobody would start ${bare.map(({ id }) => id).join(', ')} again: it has no owner`,
      remedy: 'Run it by a Deployment, or choose other targets.',
    });
  }
  return { pods: choice.pods, findings };
}
