import type { Finding } from '../../shared/finding.js';
import { isForbidden, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import type { PlannedFault } from '../fault-injector.js';
import type { PodSelector } from '../manifest.js';
import { buildManifest } from './build-manifest.js';
import { checkBlastRadius, servicesInFront } from './check-blast-radius.js';
import { checkConflicts } from './check-conflicts.js';
import { checkForwarded } from './check-forwarded.js';
import { checkNamespaces } from './check-namespaces.js';
import { checkRights, rightsOf } from './check-rights.js';
import { isOneShot, resourceOf, selectsPods } from './chaos-kinds.js';
import { choiceOf, choosePods, type PodChoice } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import { orFinding } from './or-finding.js';
import { isRunning } from './pod.js';
import { remedyFor } from './remedy-for.js';
import { readLease } from './run-lease.js';
import { listSelectedPods, namespacesOf } from './select-pods.js';
import { warnAboutSpec } from './warn-about-spec.js';

/** Everything that would stop a fault, all at once. Creates nothing: the API server only pretends to. */
export async function preflightFault(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { client, config } = access;
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const targets = selectsPods(fault.manifest) ? namespacesOf(choiceOf(fault).selector, own) : [own];
  const outside = checkNamespaces(config, fault);
  // What the environment does not allow is not even looked at.
  if (outside.length > 0) return outside;
  const checks: readonly (() => Promise<readonly Finding[]>)[] = [
    async () => await checkRights(client, rightsOf(fault, own, targets), signal),
    async () => await checkTargets(access, fault, own, signal),
    async () => await dryRun(access, fault, signal),
    async () =>
      (await Promise.all(targets.map(async (each) => await checkLease(access, each, signal)))).flat(),
  ];
  const found = await Promise.all(checks.map(async (check) => await orFinding(check, client.kubectl)));
  return unique([...warnAboutSpec(fault.manifest), ...found.flat()]);
}

async function checkTargets(
  access: ClusterAccess,
  fault: PlannedFault,
  own: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (!selectsPods(fault.manifest)) return [];
  const { client, config, runId, forwarded } = access;
  const matched = await listSelectedPods(client, choiceOf(fault).selector, own, signal);
  const choice = choosePods(fault, matched, runId);
  if (choice.status === 'none') return [choice.finding];
  const [services, conflicts, otherSide] = await Promise.all([
    servicesInFront(client, choice.pods, signal),
    checkConflicts(client, choice.pods, signal),
    checkOtherSide(access, fault, own, signal),
  ]);
  return [
    ...checkPods(fault, choice),
    ...otherSide,
    ...checkForwarded(fault, choice.pods, forwarded),
    ...checkBlastRadius(fault.manifest, choice.pods, services, config.guards),
    ...conflicts,
  ];
}

/** A network fault whose other side matches nothing is taken, and never injected. */
async function checkOtherSide(
  { client }: ClusterAccess,
  { manifest }: PlannedFault,
  own: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const target = manifest.spec.target as { readonly selector?: PodSelector } | undefined;
  if (manifest.kind !== 'NetworkChaos' || target === undefined) return [];
  const { selector = {} } = target;
  try {
    const pods = await listSelectedPods(client, selector, own, signal);
    if (pods.some(isRunning)) return [];
  } catch (error) {
    if (isForbidden(error)) return []; // Chaos Mesh itself asks for that right
    throw error;
  }
  return [
    {
      severity: 'stop',
      code: 'no-target',
      message: `the other side, spec.target.selector ${JSON.stringify(selector)}, matches no running pod`,
      remedy:
        'Compare it with: kubectl get pods --show-labels. Chaos Mesh would accept it and inject nothing.',
    },
  ];
}

function checkPods(
  { manifest }: PlannedFault,
  { pods, notRunning }: Extract<PodChoice, { status: 'chosen' }>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const bare = pods.filter(({ owner }) => owner === '');
  if (bare.length > 0 && isOneShot(manifest) && manifest.spec.action === 'pod-kill') {
    findings.push({
      severity: 'stop',
      code: 'no-owner',
      message: `nobody would start ${bare.map(({ id }) => id).join(', ')} again: it has no owner`,
      remedy: 'Run it by a Deployment, or choose other targets.',
    });
  }
  if (notRunning.length > 0) {
    findings.push({
      severity: 'warning',
      code: 'targets-not-running',
      message: `${notRunning.map(({ id, phase }) => `${id} (${phase})`).join(', ')} is not running and gets no fault`,
      remedy: '',
    });
  }
  return findings;
}

/** Whatever the API server, the CRDs and Chaos Mesh's webhooks have to say against the object. */
async function dryRun(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { client, config, runId, leaseMs } = access;
  const manifest = buildManifest(fault, { runId, leaseMs, namespace: config.namespace, turn: 1 });
  const path = objectPath(resourceOf(manifest), manifest.metadata.namespace);
  const query = { dryRun: 'All', fieldManager: 'plimsoll', fieldValidation: 'Strict' };
  try {
    await client.send({ method: 'POST', path, query, body: manifest }, signal);
    return [];
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === 0) throw error;
    return [
      {
        severity: 'stop',
        code: 'refused-by-cluster',
        message: `${manifest.kind}: ${error.message}`,
        remedy: remedyFor(error, client.kubectl),
      },
    ];
  }
}

export async function checkLease(
  { client, runId }: ClusterAccess,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const holder = await readLease(client, namespace, signal);
  if (holder.status !== 'held' || holder.runId === runId) return [];
  return [
    {
      severity: 'stop',
      code: 'environment-in-use',
      message: `run ${holder.runId} is putting faults into namespace ${namespace} just now`,
      remedy: 'Wait until it is over. The lease of a run that died is free again after a minute and a half.',
    },
  ];
}

export function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}
