import type { Finding } from '../../shared/finding.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import type { PlannedFault } from '../fault-injector.js';
import { buildManifest } from './build-manifest.js';
import { checkBlastRadius } from './check-blast-radius.js';
import { checkConflicts } from './check-conflicts.js';
import { checkForwarded } from './check-forwarded.js';
import { checkDaemons } from './check-daemons.js';
import { checkOtherSide } from './check-other-side.js';
import { checkNamespaces } from './check-namespaces.js';
import {
  checkOwners,
  checkOwnPods,
  warnAboutBudgets,
  warnAboutNotReady,
  warnAboutNotRunning,
} from './check-pods.js';
import { checkRights } from '../../shared/kubernetes/check-rights.js';
import { rightsOf } from './rights-of.js';
import { resourceOf, selectsPods, takesPodsDown } from './chaos-kinds.js';
import { listChaosMeshPods } from './chaos-mesh-parts.js';
import { choiceOf } from './choose-pods.js';
import { checkRunners } from './check-runners.js';
import type { ClusterAccess } from './cluster-access.js';
import { orFinding } from './or-finding.js';
import type { ClusterConfig } from './cluster-config.js';
import { remedyFor } from './remedy-for.js';
import { readLease } from './run-lease.js';
import { namespacesOf } from './select-pods.js';
import { surveyTargets, type TargetSurvey } from './survey-targets.js';
import { warnAboutSpec } from './warn-about-spec.js';

export interface FaultPreflight {
  readonly findings: readonly Finding[];
  /** What the plan shows of the targets; undefined where there are none, or they could not be looked at. */
  readonly survey: TargetSurvey | undefined;
}

/** Everything that would stop a fault, all at once. Creates nothing: the API server only pretends to. */
export async function preflightFault(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<FaultPreflight> {
  const { client, config } = access;
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const targets = selectsPods(fault.manifest) ? namespacesOf(choiceOf(fault).selector, own) : [own];
  const outside = checkNamespaces(config, fault);
  // What the environment does not allow is not even looked at.
  if (outside.length > 0) return { findings: outside, survey: undefined };
  let survey: TargetSurvey | undefined;
  const checks: readonly (() => Promise<readonly Finding[]>)[] = [
    async () => await checkRights(client, rightsOf(fault, own, targets), signal),
    async () => {
      const checked = await checkTargets(access, fault, signal);
      survey = checked.survey;
      return checked.findings;
    },
    async () => await dryRun(access, fault, signal),
    async () =>
      (await Promise.all(targets.map(async (each) => await checkLease(access, each, signal)))).flat(),
  ];
  const found = await Promise.all(checks.map(async (check) => await orFinding(check, client.kubectl)));
  const planned = [...checkRunners(fault, own, access.runners), ...warnAboutSpec(fault.manifest)];
  return { findings: unique([...planned, ...found.flat()]), survey };
}

/** What is found of the targets, and the survey that it was found by; undefined where nothing could be surveyed. */
interface TargetCheck {
  readonly findings: readonly Finding[];
  readonly survey?: TargetSurvey;
}

async function checkTargets(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<TargetCheck> {
  if (!selectsPods(fault.manifest)) return { findings: [] };
  const { client, config } = access;
  const surveyed = await surveyTargets(access, fault, signal);
  if (surveyed.status === 'none') return { findings: [surveyed.finding] };
  const { choice, services, budgets } = surveyed;
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const [chaosMesh, conflicts, otherSide] = await Promise.all([
    listChaosMeshPods(client, signal),
    checkConflicts(client, choice.pods, signal),
    checkOtherSide(access, fault, own, signal),
  ]);
  const inFront = services.status === 'seen' ? services.services : [];
  return {
    survey: surveyed,
    findings: [
      ...checkOwnPods(choice.pods, access.ownPod),
      ...checkForwarded(fault, choice.pods, access.forwarded),
      ...checkOwners(fault, choice.pods),
      ...warnAboutNotRunning(choice.notRunning),
      ...warnAboutNotReady(choice.pods),
      ...checkDaemons(fault.manifest, choice.pods, chaosMesh, client.kubectl),
      ...checkBlastRadius(fault.manifest, choice.pods, inFront, config.guards),
      ...(services.status === 'hidden' ? hiddenServices(fault, config, services.reason) : []),
      ...warnAboutBudgets(fault, budgets),
      ...otherSide,
      ...conflicts,
    ],
  };
}

/** A guard that cannot be checked holds nothing. Of a fault that takes pods down, the check of rights tells. */
function hiddenServices(fault: PlannedFault, { guards }: ClusterConfig, reason: string): readonly Finding[] {
  if (takesPodsDown(fault.manifest) || guards.maxPercent >= 100) return [];
  return [
    {
      severity: 'warning',
      code: 'guard-not-checked',
      message: `what share of its Service the fault hits cannot be seen, so the environment's guards.maxPercent was not checked: ${reason}`,
      remedy: 'Grant the right to list services in the namespaces of the targets.',
    },
  ];
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
