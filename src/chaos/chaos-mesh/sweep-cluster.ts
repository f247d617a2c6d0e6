import { messageOf } from '../../shared/errors.js';
import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import type { DeadRun, SweepScope, SweptFault } from '../fault-injector.js';
import { sweepLocalRuns } from '../local/sweep-local-runs.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import type { NamedManifest } from './build-manifest.js';
import type { PodSelector } from '../manifest.js';
import { isComposite, resourceOf } from './chaos-kinds.js';
import { trackChaos } from './chaos-tracker.js';
import type { ClusterAccess } from './cluster-access.js';
import { allowedNamespaces } from './cluster-config.js';
import { dropFinalizers } from './drop-finalizers.js';
import { listChaos, listChaosKinds, type ListedChaos } from './list-chaos.js';
import type { ClusterNode } from './native/node.js';
import { findCordoned, sweepNode } from './native/sweep-nodes.js';
import { recoverFault } from './recover-fault.js';
import { freeLease, readLease } from './run-lease.js';
import { namespacesOf } from './select-pods.js';
import { trackComposite } from './track-composite.js';

/**
 * Deletes the objects of dead runs, makes the nodes schedulable that they cordoned, and proves that nothing of them is left; then ends what those runs left on this
 * machine. Objects are found by their label, so that nobody needs to have written down what was created. Never rejects.
 */
export async function sweepCluster(
  access: ClusterAccess,
  scope: SweepScope,
  signal: AbortSignal,
): Promise<readonly SweptFault[]> {
  const local = await sweepLocalRuns(scope, signal);
  if (scope.runs.length === 0 && scope.orphans === undefined) return local;
  let found: Found;
  let nodes: readonly ClusterNode[];
  try {
    found = await findObjects(access, scope, signal);
    nodes = await findCordoned(access, scope, signal);
    const dead = new Set(scope.runs.map(({ runId }) => runId));
    for (const namespace of allowedNamespaces(access.config)) {
      await freeLease(access.client, namespace, dead, signal);
    }
  } catch (error) {
    if (!(error instanceof KubeError) && !signal.aborted) throw error;
    const detail = `could not look for faults on ${access.client.server}: ${messageOf(error)}`;
    const runs = scope.runs.length > 0 ? scope.runs : [{ runId: 'unknown' }];
    return [
      ...local,
      ...runs.map(({ runId }) => ({ runId, what: 'faults on the cluster', status: 'left' as const, detail })),
    ];
  }
  const swept = await Promise.all([
    ...nodes.map(async (node) => await sweepNode(access, node)),
    ...found.objects.map(async (object) => await sweepObject(access, object, scope.force ?? false)),
  ]);
  return [...local, ...found.left, ...swept];
}

interface Found {
  /** What may be taken away. */
  readonly objects: readonly ListedChaos[];
  /** What may be there, and cannot be taken away from here. */
  readonly left: readonly SweptFault[];
}

async function findObjects(access: ClusterAccess, scope: SweepScope, signal: AbortSignal): Promise<Found> {
  const { client, config, logger } = access;
  const { runs, orphans } = scope;
  const kinds = (await listChaosKinds(client, signal)) ?? [];
  const namespaces = allowedNamespaces(config);
  const labels = `${MANAGER_LABEL}=plimsoll,${RUN_LABEL}`;
  const { objects, unseen } = await listChaos(client, kinds, namespaces, labels, signal);
  const isAllowed = ({ metadata }: ListedChaos) => namespaces.includes(metadata.namespace ?? '');
  const dead = new Set(runs.map((run) => run.runId));
  const ofDead = objects.filter(({ metadata }) => dead.has(runOf(metadata)));
  const left = [
    ...runs.flatMap((run) => unseenOf(run, unseen)),
    ...ofDead.filter((object) => !isAllowed(object)).map(outOfBounds),
  ];
  const ours = ofDead.filter(isAllowed);
  if (orphans === undefined) return { objects: ours, left };
  if (unseen.length > 0) logger.warn(`no right to list, and so not looked for: ${unseen.join(', ')}`);
  const others = objects.filter((object) => isAllowed(object) && !ofDead.includes(object));
  const known = new Set([access.runId, ...orphans.living]);
  const found = await orphansAmong(
    access,
    others.filter(({ metadata }) => !known.has(runOf(metadata))),
    dead,
    signal,
  );
  return { objects: [...ours, ...found.objects], left: [...left, ...found.left] };
}

/** The faults of runs that no lease speaks for. Where leases cannot be read, nobody knows which runs live. */
async function orphansAmong(
  { client, config }: ClusterAccess,
  objects: readonly ListedChaos[],
  dead: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Found> {
  if (objects.length === 0) return { objects, left: [] };
  // A run holds leases where its targets are, which may be elsewhere than its objects.
  const places = objects.flatMap(({ metadata, spec = {} }) => [
    metadata.namespace ?? '',
    ...namespacesOf((spec.selector ?? {}) as PodSelector, metadata.namespace ?? ''),
  ]);
  const living = new Set<string>();
  for (const namespace of new Set([...allowedNamespaces(config), ...places])) {
    const holder = await readLease(client, namespace, signal);
    if (holder.status === 'unknown') {
      const detail = `whether its run lives cannot be told: ${holder.reason}`;
      return { objects: [], left: objects.map((object) => ({ ...headOf(object), status: 'left', detail })) };
    }
    if (holder.status === 'held' && !dead.has(holder.runId)) living.add(holder.runId);
  }
  return { objects: objects.filter(({ metadata }) => !living.has(runOf(metadata))), left: [] };
}

/** Faults of a dead run that this identity may not even list. */
function unseenOf({ runId, faultKinds }: DeadRun, unseen: readonly string[]): readonly SweptFault[] {
  return unseen
    .filter((kind) => faultKinds?.includes(kind) ?? true)
    .map((kind) => ({
      ...{ runId, what: kind, status: 'left' as const },
      detail: `whether one is there cannot be told: no right to list ${resourceOf({ kind }).plural}`,
    }));
}

function outOfBounds(object: ListedChaos): SweptFault {
  const { namespace = '' } = object.metadata;
  const detail = `its namespace is none of those that the environment allows: add ${namespace} to guards.namespaces, then sweep again`;
  return { ...headOf(object), status: 'left', detail };
}

function headOf({ kind, metadata }: ListedChaos): Pick<SweptFault, 'runId' | 'what'> {
  return { runId: runOf(metadata), what: `${kind} ${metadata.namespace ?? ''}/${metadata.name}` };
}

async function sweepObject(access: ClusterAccess, listed: ListedChaos, force: boolean): Promise<SweptFault> {
  const { client, clock, logger } = access;
  const { name, namespace = '' } = listed.metadata;
  const { runId, what } = headOf(listed);
  const manifest: NamedManifest = {
    apiVersion: 'chaos-mesh.org/v1alpha1',
    kind: listed.kind,
    metadata: { name, namespace },
    spec: listed.spec ?? {},
  };
  const resource = resourceOf(manifest);
  try {
    const path = objectPath(resource, namespace, name);
    const { body } = await client.send(
      { method: 'GET', path },
      AbortSignal.timeout(access.recoverDeadlineMs),
    );
    const track = isComposite(manifest) ? trackComposite : trackChaos;
    const tracker = track({
      client,
      resource,
      kind: listed.kind,
      created: body as KubeObject,
      clock,
      logger,
    });
    try {
      const recovery = await recoverFault(access, manifest, tracker);
      if (recovery.status === 'recovered')
        return { runId, what, status: 'removed', detail: recovery.evidence };
      if (!force)
        return { runId, what, status: 'left', detail: `${recovery.reason}; look with: ${recovery.remedy}` };
      return { runId, what, ...(await dropFinalizers(access, manifest, tracker)) };
    } finally {
      await tracker.stop();
    }
  } catch (error) {
    if (isNotFound(error))
      return { runId, what, status: 'already-gone', detail: 'it was gone when it was looked for' };
    if (!(error instanceof KubeError) && !isTimeout(error)) throw error;
    return { runId, what, status: 'left', detail: messageOf(error) };
  }
}

function runOf(metadata: KubeObject['metadata']): string {
  return metadata.labels?.[RUN_LABEL] ?? '';
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
