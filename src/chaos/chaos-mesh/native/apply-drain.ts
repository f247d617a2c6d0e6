import { messageOf, PlimsollError } from '../../../shared/errors.js';
import { formatDuration } from '../../../shared/units.js';
import type { Injection, PlannedFault, Recovery } from '../../fault-injector.js';
import { checkBlastRadius } from '../check-blast-radius.js';
import type { ClusterAccess } from '../cluster-access.js';
import { describePodChange } from '../watch/describe-pod-change.js';
import { emitter } from '../emit-event.js';
import type { HeldFault } from '../follow-fault.js';
import { isServing, type Pod } from '../pod.js';
import { type PodWatcher, watchPods } from '../watch/pod-watcher.js';
import { refuse } from '../refusal.js';
import { targetNamespaces } from '../target-namespaces.js';
import { cordonNode } from './cordon-node.js';
import { type DrainSpec, readDrainSpec } from './drain-spec.js';
import { createEvictions, type Evictions } from './evict-pods.js';
import { holdNative } from './hold-native.js';
import { planDrain } from './plan-drain.js';
import { describeShortfall, proveEvicted } from './prove-evicted.js';
import { describeEnd, describeLeft, uncordonAll } from './uncordon-all.js';
import { type CordonWatch, watchCordons } from './watch-cordons.js';

interface Drained {
  readonly spec: DrainSpec;
  readonly nodes: readonly string[];
  readonly chosen: readonly Pod[];
  readonly evictions: Evictions;
  readonly watcher: PodWatcher;
  readonly cordons: CordonWatch;
  readonly servingBefore: number;
}

/**
 * Cordons the nodes that are drawn now; their pods are evicted once the injection is asked for. What is cordoned when this
 * rejects is made schedulable again first, or it rejects with FAULT_NOT_RECOVERED.
 */
export async function applyDrain(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<HeldFault> {
  const { client, clock, logger, config } = access;
  const spec = readDrainSpec(fault.manifest);
  const plan = await planDrain(access, fault, signal);
  refuse([...plan.findings, ...checkBlastRadius(fault.manifest, plan.pods, [], config.guards)]);
  const chosen = plan.pods;
  const emit = emitter(access);
  const carriers = new Set(chosen.map(({ uid }) => uid));
  const onChange = (before: Pod | undefined, after: Pod | undefined) => {
    const change = describePodChange(before, after, carriers);
    if (change !== undefined) emit(change.kind, change.message, change.target);
  };
  const { labelSelectors = {}, expressionSelectors = [] } = spec.pods;
  const namespaces = [...new Set(chosen.map(({ namespace }) => namespace))];
  const selector = { namespaces, labelSelectors, expressionSelectors };
  const { namespace } = config;
  const watcher = await watchPods({ client, clock, logger, namespace, selector, onChange }, signal);
  const servingBefore = watcher.pods().filter(isServing).length;
  const nodes = plan.nodes.map(({ id }) => id);
  const tried: string[] = [];
  const cordoned = new Set<string>();
  let cordons: CordonWatch;
  try {
    for (const name of nodes) {
      tried.push(name);
      await cordonNode(access, name, targetNamespaces(config, fault), signal);
      cordoned.add(name);
      emit('node-cordoned', `node ${name} is cordoned`, name);
    }
    cordons = await watchCordons(access, nodes, emit, signal);
  } catch (error) {
    await watcher.stop();
    throw await takenBack(access, tried, cordoned, error);
  }
  const { gracePeriodSeconds } = spec;
  const evictions = createEvictions({ client, clock, pods: chosen, gracePeriodSeconds, emit });
  const drained: Drained = { spec, nodes, chosen, evictions, watcher, cordons, servingBefore };
  return holdNative(access, {
    inject: async (until) => await inject(access, drained, until),
    shortfall: () => `${nodes.join(', ')} could not be drained: ${describeShortfall(evictions, chosen)}`,
    readDose: () => readDose(drained),
    takeOut: async (requestedAtMs, deadline) => await takeOut(access, drained, requestedAtMs, deadline),
    release: async () => {
      await Promise.all([watcher.stop(), cordons.stop()]);
    },
  });
}

/** The error to throw when nodes may have been cordoned: the first one, or that they may still be. */
async function takenBack(
  access: ClusterAccess,
  tried: readonly string[],
  cordoned: ReadonlySet<string>,
  error: unknown,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(access.recoverDeadlineMs);
  const historyOf = (name: string) => (cordoned.has(name) ? 'cordoned' : 'tried');
  const ends = await uncordonAll(access, tried, historyOf, deadline);
  const left = ends.filter(({ end }) => end.status === 'left');
  if (left.length === 0) return error;
  const { reason, remedy } = describeLeft(access.client, left);
  return new PlimsollError('FAULT_NOT_RECOVERED', `${messageOf(error)}; ${reason}`, { remedy, cause: error });
}

async function inject(
  { clock }: ClusterAccess,
  { spec, nodes, chosen, evictions, watcher, cordons }: Drained,
  signal: AbortSignal,
): Promise<Injection> {
  const over = new AbortController();
  const late = new AbortController();
  const { timeoutMs } = spec;
  if (timeoutMs !== undefined) {
    clock.sleep(timeoutMs, over.signal).then(
      () => {
        const reason = `not drained within ${formatDuration(timeoutMs)}, its timeout: ${describeShortfall(evictions, chosen)}`;
        late.abort(new PlimsollError('FAULT_NOT_INJECTED', reason));
      },
      () => undefined, // it was over before
    );
  }
  try {
    await proveEvicted(evictions, watcher, AbortSignal.any([signal, late.signal]));
  } finally {
    over.abort();
  }
  const freed = nodes.filter((name) => !cordons.held().includes(name));
  if (freed.length > 0) {
    const reason = `${freed.join(', ')} did not stay cordoned: somebody else has changed it`;
    throw new PlimsollError('FAULT_NOT_INJECTED', reason);
  }
  const targets = evictions.evicted().map(({ id, uid }) => ({ id, uid }));
  return {
    injectedAtMs: clock.nowMs(),
    targets,
    evidence: `${nodes.join(', ')} cordoned, ${targets.length} of ${chosen.length} pods evicted${goneFirst(evictions)}`,
  };
}

function goneFirst(evictions: Evictions): string {
  const count = evictions.vanished().length;
  return count === 0 ? '' : `, ${count} went by themselves`;
}

function readDose({ nodes, chosen, evictions, cordons }: Drained) {
  const held = cordons.held().length;
  const away = evictions.evicted().length + evictions.vanished().length;
  return {
    coverage: Math.min(held / nodes.length, away / chosen.length),
    detail: `${held} of ${nodes.length} nodes unschedulable, ${away} of ${chosen.length} pods evicted`,
  };
}

/** The nodes take pods again. Where the evicted ones went is told, and not waited for: that is what recovery measures. */
async function takeOut(
  access: ClusterAccess,
  { nodes, watcher, cordons, servingBefore }: Drained,
  requestedAtMs: number,
  deadline: AbortSignal,
): Promise<Recovery> {
  cordons.letGo();
  const ends = await uncordonAll(
    access,
    nodes,
    (name) => (cordons.wasFreed(name) ? 'freed' : 'cordoned'),
    deadline,
  );
  const left = ends.filter(({ end }) => end.status === 'left');
  if (left.length > 0) return { status: 'unconfirmed', requestedAtMs, ...describeLeft(access.client, left) };
  const emit = emitter(access);
  for (const end of ends) emit('node-uncordoned', describeEnd(end), end.name);
  const serving = watcher.pods().filter(isServing).length;
  return {
    status: 'recovered',
    requestedAtMs,
    recoveredAtMs: access.clock.nowMs(),
    evidence: `${ends.map(describeEnd).join(', ')}, marks gone; ${serving} pods ready, ${servingBefore} before the drain`,
  };
}
