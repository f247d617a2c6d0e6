import { PlimsollError } from '../../shared/errors.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import type { PlannedFault } from '../fault-injector.js';
import { buildManifest } from './build-manifest.js';
import { isOneShot, selectsPods } from './chaos-kinds.js';
import { checkBlastRadius } from './check-blast-radius.js';
import { checkNamespaces } from './check-namespaces.js';
import { choiceOf, choosePods } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import { createChaos } from './create-chaos.js';
import { describePodChange } from './describe-pod-change.js';
import { emitter } from './emit-event.js';
import { followFault, type HeldFault } from './follow-fault.js';
import { isServing, type Pod } from './pod.js';
import { watchPods } from './pod-watcher.js';
import { refusal, refuse } from './refusal.js';
import { remedyFor } from './remedy-for.js';
import { listSelectedPods } from './select-pods.js';
import { untilAnswered } from './until-answered.js';

/**
 * Creates the object of a fault for the pods that are there now, and follows it from then on. What the environment does
 * not allow it does not do, whether preflight was asked or not.
 */
export async function applyFault(
  access: ClusterAccess,
  fault: PlannedFault,
  turn: number,
  signal: AbortSignal,
): Promise<HeldFault> {
  refuse(checkNamespaces(access.config, fault));
  try {
    return selectsPods(fault.manifest)
      ? await applyToPods(access, fault, turn, signal)
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
  signal: AbortSignal,
): Promise<HeldFault> {
  const { client, clock, logger, config, runId, leaseMs } = access;
  const { manifest } = fault;
  const namespace = manifest.metadata?.namespace ?? config.namespace;
  const { selector } = choiceOf(fault);
  const matched = await untilAnswered(
    clock,
    signal,
    async () => await listSelectedPods(client, selector, namespace, signal),
  );
  const choice = choosePods(fault, matched, runId);
  if (choice.status === 'none') throw refusal(choice.finding);
  const carriers = choice.pods;
  refuse(checkBlastRadius(manifest, carriers, [], config.guards));
  const emit = emitter(access);
  const onChange = (before: Pod | undefined, after: Pod | undefined) => {
    const change = describePodChange(before, after, carriers);
    if (change !== undefined) emit(change.kind, change.message, change.target);
  };
  const watcher = await watchPods({ client, clock, logger, namespace, selector, onChange }, signal);
  try {
    signal.throwIfAborted();
    const servingBefore = watcher.pods().filter(isServing).length;
    const named = buildManifest(fault, {
      ...{ runId, leaseMs, turn },
      ...{ namespace: config.namespace, pods: byNamespace(carriers) },
    });
    const created = await createChaos(access, named);
    const pods = { watcher, carriers, servingBefore };
    return followFault({ access, fault, manifest: named, created, pods, oneShot: isOneShot(manifest), emit });
  } catch (error) {
    await watcher.stop();
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
