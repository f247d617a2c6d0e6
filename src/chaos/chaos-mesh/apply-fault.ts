import { PlimsollError } from '../../shared/errors.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import type { PlannedFault } from '../fault-injector.js';
import { buildManifest } from './build-manifest.js';
import { isOneShot, selectsPods } from './chaos-kinds.js';
import { checkBlastRadius } from './check-blast-radius.js';
import { checkNamespaces } from './check-namespaces.js';
import { checkOwnPods } from './check-pods.js';
import { choiceOf, choosePods } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import { createChaos } from './create-chaos.js';
import { emitter } from './emit-event.js';
import { followFault, type HeldFault } from './follow-fault.js';
import { isServing, type Pod } from './pod.js';
import { refusal, refuse } from './refusal.js';
import { remedyFor } from './remedy-for.js';
import { listSelectedPods } from './select-pods.js';
import { untilAnswered } from './until-answered.js';
import { watchUsage } from './watch-usage.js';
import type { TargetWatch } from './watch/watch-targets.js';

/**
 * Creates the object of a fault for the pods that are there now, and follows it from then on. What the environment does
 * not allow it does not do, whether preflight was asked or not.
 */
export async function applyFault(
  access: ClusterAccess,
  fault: PlannedFault,
  turn: number,
  watch: TargetWatch,
  signal: AbortSignal,
): Promise<HeldFault> {
  refuse(checkNamespaces(access.config, fault));
  try {
    return selectsPods(fault.manifest)
      ? await applyToPods(access, fault, turn, watch, signal)
      : await applyAsItIs(access, fault, turn, signal);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new PlimsollError('FAULT_NOT_INJECTED', error.message, {
      remedy: remedyFor(error, access.client.kubectl),
      cause: error,
    });
  }
}

async function applyToPods(
  access: ClusterAccess,
  fault: PlannedFault,
  turn: number,
  watch: TargetWatch,
  signal: AbortSignal,
): Promise<HeldFault> {
  const { client, clock, config, runId, leaseMs } = access;
  const { manifest } = fault;
  const namespace = manifest.metadata?.namespace ?? config.namespace;
  const watcher = await watch.follow(fault, signal);
  const { selector } = choiceOf(fault);
  const matched = await untilAnswered(
    clock,
    signal,
    async () => await listSelectedPods(client, selector, namespace, signal),
  );
  const choice = choosePods(fault, matched, { runId, namespace });
  if (choice.status === 'none') throw refusal(choice.finding);
  const carriers = choice.pods;
  refuse(checkOwnPods(carriers, access.ownPod));
  refuse(checkBlastRadius(manifest, carriers, [], config.guards));
  const usage = await watchUsage(access, manifest, carriers, signal);
  signal.throwIfAborted();
  const named = buildManifest(fault, {
    ...{ runId, leaseMs, turn },
    ...{ namespace: config.namespace, pods: byNamespace(carriers) },
  });
  const oneShot = isOneShot(manifest);
  // A pod that comes in place of a killed one is not expected to carry anything.
  const onGone = oneShot ? () => undefined : watch.carry(carriers);
  try {
    const created = await createChaos(access, named);
    const pods = { watcher, carriers, servingBefore: matched.filter(isServing).length, usage, onGone };
    return followFault({ access, fault, manifest: named, created, pods, oneShot, emit: emitter(access) });
  } catch (error) {
    onGone();
    throw error;
  }
}

async function applyAsItIs(
  access: ClusterAccess,
  fault: PlannedFault,
  turn: number,
  signal: AbortSignal,
): Promise<HeldFault> {
  const { config, runId, leaseMs } = access;
  signal.throwIfAborted();
  const manifest = buildManifest(fault, { runId, leaseMs, turn, namespace: config.namespace });
  const created = await createChaos(access, manifest);
  return followFault({
    ...{ access, fault, manifest, created, oneShot: isOneShot(fault.manifest) },
    emit: emitter(access),
  });
}

function byNamespace(pods: readonly Pod[]): Readonly<Record<string, readonly string[]>> {
  const names: Record<string, string[]> = {};
  for (const { namespace, name } of pods) (names[namespace] ??= []).push(name);
  return names;
}
