import { PlimsollError } from '../../shared/errors.js';
import type { RunEvent } from '../../shared/run-event.js';
import type { PlannedFault } from '../fault-injector.js';
import { buildManifest } from './build-manifest.js';
import { isOneShot, selectsPods } from './chaos-kinds.js';
import { choiceOf, choosePods } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import { createChaos } from './create-chaos.js';
import { describePodChange } from './describe-pod-change.js';
import { followFault, type HeldFault } from './follow-fault.js';
import { isServing, type Pod } from './pod.js';
import { watchPods } from './pod-watcher.js';
import { listSelectedPods } from './select-pods.js';

/** Creates the object of a fault for the pods that are there now, and follows it from then on. */
export async function applyFault(
  access: ClusterAccess,
  fault: PlannedFault,
  turn: number,
  signal: AbortSignal,
): Promise<HeldFault> {
  const { client, clock, logger, config, onEvent } = access;
  const oneShot = isOneShot(fault.manifest);
  const namespace = fault.manifest.metadata?.namespace ?? config.namespace;
  const emit = (kind: string, message: string, target?: string) => {
    const event: RunEvent = { atMs: clock.nowMs(), kind, message };
    onEvent(target === undefined ? event : { ...event, target });
  };
  let carriers: readonly Pod[] = [];
  const watcher = selectsPods(fault.manifest)
    ? await watchPods(
        {
          ...{ client, clock, logger, namespace },
          selector: choiceOf(fault).selector,
          onChange: (before, after) => {
            const change = describePodChange(before, after, carriers);
            if (change !== undefined) emit(change.kind, change.message, change.target);
          },
        },
        signal,
      )
    : undefined;

  async function choose(): Promise<Readonly<Record<string, readonly string[]>> | undefined> {
    if (watcher === undefined) return undefined;
    // Not the watch: what it shows may be a moment old, and a pod that is gone cannot be hit.
    const matched = await listSelectedPods(client, choiceOf(fault).selector, namespace, signal);
    const choice = choosePods(fault, matched, access.runId);
    if (choice.status === 'none') {
      throw new PlimsollError('FAULT_NOT_INJECTED', choice.finding.message, {
        remedy: choice.finding.remedy,
      });
    }
    carriers = choice.pods;
    return byNamespace(choice.pods);
  }

  try {
    const pods = await choose();
    const manifest = buildManifest(fault, {
      ...{ runId: access.runId, leaseMs: access.leaseMs },
      ...{ namespace: config.namespace, turn },
      ...(pods === undefined ? {} : { pods }),
    });
    signal.throwIfAborted();
    const servingBefore = watcher?.pods().filter(isServing).length ?? 0;
    const created = await createChaos(access, manifest);
    return followFault({ access, fault, manifest, created, watcher, carriers, servingBefore, oneShot, emit });
  } catch (error) {
    await watcher?.stop();
    throw error;
  }
}

function byNamespace(pods: readonly Pod[]): Readonly<Record<string, readonly string[]>> {
  const names: Record<string, string[]> = {};
  for (const { namespace, name } of pods) (names[namespace] ??= []).push(name);
  return names;
}
