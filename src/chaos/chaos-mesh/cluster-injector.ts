import type { FaultInjector, PlannedFault, Target } from '../fault-injector.js';
import { PlimsollError } from '../../shared/errors.js';
import { nativeKindOf } from '../native-kinds.js';
import { applyFault } from './apply-fault.js';
import { selectsPods } from './chaos-kinds.js';
import { choiceOf, choosePods } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import type { HeldFault } from './follow-fault.js';
import { applyNative } from './native/apply-native.js';
import { preflightNative } from './native/preflight-native.js';
import { selectDrained } from './native/select-drained.js';
import { preflightFault } from './preflight-fault.js';
import type { LeaseKeeper } from './run-lease.js';
import { listSelectedPods } from './select-pods.js';
import { sweepCluster } from './sweep-cluster.js';
import { targetNamespaces } from './target-namespaces.js';
import { watchTargets } from './watch/watch-targets.js';

export interface ClusterInjector extends FaultInjector {
  /** Watches the pods of the faults that were looked at so far, from before the first of them is put in. */
  watch(signal: AbortSignal): Promise<void>;
  /** Ends the watches on every fault. Never rejects. */
  release(): Promise<void>;
  /** Where the faults that were looked at so far have their targets. */
  namespaces(): readonly string[];
  /** The kinds of faults that have been put in so far. */
  appliedKinds(): readonly string[];
}

export function createClusterInjector(access: ClusterAccess, leases: LeaseKeeper): ClusterInjector {
  const turns = new Map<string, number>();
  const held: HeldFault[] = [];
  const applied = new Set<string>();
  const namespaces = new Set<string>();
  const noted = new Map<string, PlannedFault>();
  const targets = watchTargets(access);

  function note(fault: PlannedFault): void {
    // Evictions and drains watch their pods themselves.
    if (nativeKindOf(fault.manifest) === undefined) noted.set(fault.name, fault);
    for (const namespace of targetNamespaces(access.config, fault)) namespaces.add(namespace);
  }

  return {
    async preflight(fault, signal) {
      note(fault);
      return nativeKindOf(fault.manifest) === undefined
        ? await preflightFault(access, fault, signal)
        : await preflightNative(access, fault, signal);
    },
    async select(fault, signal) {
      note(fault);
      return await selectClusterTargets(access, fault, signal);
    },
    async apply(fault, signal) {
      for (const namespace of targetNamespaces(access.config, fault)) await leases.take(namespace, signal);
      const turn = (turns.get(fault.name) ?? 0) + 1;
      turns.set(fault.name, turn);
      applied.add(fault.manifest.kind);
      const holding =
        nativeKindOf(fault.manifest) === undefined
          ? await applyFault(access, fault, turn, targets, signal)
          : await applyNative(access, fault, signal);
      held.push(holding);
      return holding.applied;
    },
    async sweep(scope, signal) {
      return await sweepCluster(access, scope, signal);
    },
    async watch(signal) {
      await Promise.all(
        [...noted.values()].map(async (fault) => {
          await targets.follow(fault, signal);
        }),
      );
    },
    async release() {
      await Promise.all(
        held.map(async (each) => {
          await each.release();
        }),
      );
      await targets.stop();
    },
    namespaces: () => [...namespaces],
    appliedKinds: () => [...applied],
  };
}

/** The pods that a fault would hit, by name; none for a fault of something other than pods. */
export async function selectClusterTargets(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  if (nativeKindOf(fault.manifest) === 'NodeDrain') return await selectDrained(access, fault, signal);
  if (!selectsPods(fault.manifest)) return [];
  const namespace = fault.manifest.metadata?.namespace ?? access.config.namespace;
  const matched = await listSelectedPods(access.client, choiceOf(fault).selector, namespace, signal);
  const choice = choosePods(fault, matched, access.runId);
  if (choice.status === 'none') {
    throw new PlimsollError('NOT_READY', choice.finding.message, { remedy: choice.finding.remedy });
  }
  return choice.pods.map(({ id, uid }) => ({ id, uid }));
}
