import { formatDuration } from '../../../shared/units.js';
import type { Injection, PlannedFault, Recovery } from '../../fault-injector.js';
import { checkBlastRadius } from '../check-blast-radius.js';
import { checkOwnPods } from '../check-pods.js';
import { choiceOf, choosePods } from '../choose-pods.js';
import type { ClusterAccess } from '../cluster-access.js';
import { describePodChange } from '../watch/describe-pod-change.js';
import { emitter } from '../emit-event.js';
import type { HeldFault } from '../follow-fault.js';
import { isServing, type Pod } from '../pod.js';
import { type PodWatcher, watchPods } from '../watch/pod-watcher.js';
import { refusal, refuse } from '../refusal.js';
import { listSelectedPods } from '../select-pods.js';
import { waitUntilBack } from '../wait-until-back.js';
import { createEvictions, type Evictions } from './evict-pods.js';
import { gracePeriodOf } from './grace-period-of.js';
import { holdNative } from './hold-native.js';
import { describeShortfall, proveEvicted, requireEvicted } from './prove-evicted.js';

interface EvictedPods {
  readonly chosen: readonly Pod[];
  readonly evictions: Evictions;
  readonly watcher: PodWatcher;
  readonly servingBefore: number;
}

/** A PodEviction on the pods that are there now. Nothing is evicted before its injection is asked for. */
export async function applyEviction(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<HeldFault> {
  const { client, clock, logger, config, runId } = access;
  const namespace = fault.manifest.metadata?.namespace ?? config.namespace;
  const { selector } = choiceOf(fault);
  const matched = await listSelectedPods(client, selector, namespace, signal);
  const choice = choosePods(fault, matched, { runId, namespace });
  if (choice.status === 'none') throw refusal(choice.finding);
  const chosen = choice.pods;
  refuse([
    ...checkOwnPods(chosen, access.ownPod),
    ...checkBlastRadius(fault.manifest, chosen, [], config.guards),
  ]);
  const emit = emitter(access);
  const carriers = new Set(chosen.map(({ uid }) => uid));
  const onChange = (before: Pod | undefined, after: Pod | undefined) => {
    const change = describePodChange(before, after, carriers);
    if (change !== undefined) emit(change.kind, change.message, change.target);
  };
  const watcher = await watchPods({ client, clock, logger, namespace, selector, onChange }, signal);
  const gracePeriodSeconds = gracePeriodOf(fault);
  const evictions = createEvictions({ client, clock, pods: chosen, gracePeriodSeconds, emit });
  const servingBefore = watcher.pods().filter(isServing).length;
  const pods: EvictedPods = { chosen, evictions, watcher, servingBefore };
  return holdNative(access, {
    inject: async (until) => await inject(access, pods, until),
    shortfall: () => describeShortfall(evictions, chosen),
    readDose: () => readDose(pods),
    takeOut: async (requestedAtMs, deadline) => await takeOut(access, fault, pods, requestedAtMs, deadline),
    release: async () => {
      await watcher.stop();
    },
  });
}

async function inject(
  { clock }: ClusterAccess,
  { chosen, evictions, watcher }: EvictedPods,
  signal: AbortSignal,
): Promise<Injection> {
  await proveEvicted(evictions, watcher, signal);
  requireEvicted(evictions);
  const targets = evictions.evicted().map(({ id, uid }) => ({ id, uid }));
  const evidence = `${targets.length} of ${chosen.length} pods evicted, each being deleted or gone`;
  return { injectedAtMs: clock.nowMs(), targets, evidence };
}

function readDose({ chosen, evictions }: EvictedPods) {
  const count = evictions.evicted().length;
  const vanished = evictions.vanished().map(({ id }) => id);
  const rest = vanished.length === 0 ? '' : `; gone by another hand: ${vanished.join(', ')}`;
  return { coverage: count / chosen.length, detail: `evicted ${count} of ${chosen.length} targets${rest}` };
}

/** Evicted pods do not come back; others do, in their place. */
async function takeOut(
  { client, clock, recoverDeadlineMs }: ClusterAccess,
  { manifest }: PlannedFault,
  { evictions, watcher, servingBefore }: EvictedPods,
  requestedAtMs: number,
  deadline: AbortSignal,
): Promise<Recovery> {
  const evicted = evictions.evicted();
  const recovered = (evidence: string): Recovery => ({
    status: 'recovered',
    requestedAtMs,
    recoveredAtMs: clock.nowMs(),
    evidence,
  });
  if (evicted.length === 0) return recovered('nothing had been evicted');
  try {
    const back = await waitUntilBack(watcher, manifest, evicted, servingBefore, deadline);
    return recovered(`${count(evicted.length, 'evicted pod is', 'evicted pods are')} gone, ${back}`);
  } catch (error) {
    if (!deadline.aborted) throw error;
    const serving = watcher.pods().filter(isServing).length;
    const namespace = evicted[0]?.namespace ?? '';
    return {
      status: 'unconfirmed',
      requestedAtMs,
      reason: `not back within ${formatDuration(recoverDeadlineMs)}: ${serving} pods are ready, and ${servingBefore} were before the eviction`,
      remedy: `${client.kubectl} -n ${namespace} get pods -o wide`,
    };
  }
}

function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`;
}
