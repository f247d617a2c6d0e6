import { messageOf } from '../../shared/errors.js';
import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import type { SweepScope, SweptFault } from '../fault-injector.js';
import { sweepLocalRuns } from '../local/sweep-local-runs.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import type { NamedManifest } from './build-manifest.js';
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
  let found: readonly ListedChaos[];
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
    ...found.map(async (object) => await sweepObject(access, object, scope.force ?? false)),
  ]);
  return [...local, ...swept];
}

async function findObjects(
  { client, config, runId }: ClusterAccess,
  { runs, orphans }: SweepScope,
  signal: AbortSignal,
): Promise<readonly ListedChaos[]> {
  const kinds = (await listChaosKinds(client, signal)) ?? [];
  const namespaces = allowedNamespaces(config);
  const all = await listChaos(client, kinds, namespaces, `${MANAGER_LABEL}=plimsoll,${RUN_LABEL}`, signal);
  const ours = all.filter(({ metadata }) => namespaces.includes(metadata.namespace ?? ''));
  const dead = new Set(runs.map((run) => run.runId));
  if (orphans === undefined) return ours.filter(({ metadata }) => dead.has(runOf(metadata)));
  const living = new Set([runId, ...orphans.living]);
  for (const namespace of new Set(ours.map(({ metadata }) => metadata.namespace ?? ''))) {
    const holder = await readLease(client, namespace, signal);
    if (holder.status === 'held' && !dead.has(holder.runId)) living.add(holder.runId);
  }
  return ours.filter(({ metadata }) => !living.has(runOf(metadata)));
}

async function sweepObject(access: ClusterAccess, listed: ListedChaos, force: boolean): Promise<SweptFault> {
  const { client, clock, logger } = access;
  const { name, namespace = '' } = listed.metadata;
  const runId = runOf(listed.metadata);
  const what = `${listed.kind} ${namespace}/${name}`;
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
