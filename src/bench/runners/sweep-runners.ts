import { isForbidden, isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, type Resource } from '../../shared/kubernetes/object-path.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import type { Clock } from '../../shared/time.js';
import { deleteObject } from './delete-object.js';

export interface RunnerSweep {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  /** The kind of object that holds all runners of a load. */
  readonly resource: Resource;
  /** `Job`. */
  readonly kind: string;
  readonly deadRuns: ReadonlySet<string>;
  /** Also the objects of all other runs but these, where their runners have ended. */
  readonly orphans?: { readonly living: readonly string[] } | undefined;
}

export interface SweptRunners {
  readonly runId: string;
  readonly what: string;
  readonly status: 'removed' | 'left';
  readonly detail: string;
}

/** Deletes the runners that dead runs left. Rejects with the signal's reason alone. */
export async function sweepRunners(
  sweep: RunnerSweep,
  signal: AbortSignal,
): Promise<readonly SweptRunners[]> {
  const { client, namespace, resource, kind, deadRuns } = sweep;
  let left: readonly KubeObject[];
  try {
    const path = objectPath(resource, namespace);
    const labelSelector = `${MANAGER_LABEL}=plimsoll,${RUN_LABEL}`;
    left = (await listObjects(client, { path, labelSelector }, (object) => object, signal)).items;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeError)) throw error;
    // Who may not list them has not created any; of a kind that the cluster does not know there is none.
    if (isForbidden(error) || isNotFound(error)) return [];
    return [...deadRuns].map((runId) => ({
      runId,
      what: `${kind}s of k6 in namespace ${namespace}`,
      status: 'left',
      detail: `could not look for them on ${client.server}: ${error.message}`,
    }));
  }
  const ours = left.filter((object) => {
    const runId = runOf(object);
    if (deadRuns.has(runId)) return true;
    return sweep.orphans !== undefined && !sweep.orphans.living.includes(runId) && hasEnded(object);
  });
  return await Promise.all(ours.map((object) => remove(sweep, object)));
}

async function remove(sweep: RunnerSweep, { metadata, status }: KubeObject): Promise<SweptRunners> {
  const { name } = metadata;
  const { kind, namespace } = sweep;
  const active = Number(status?.active ?? 0);
  const problem = await deleteObject({ ...sweep, name, what: kind });
  const runId = metadata.labels?.[RUN_LABEL] ?? '';
  const what = `${kind} ${namespace}/${name}`;
  if (problem !== undefined) return { runId, what, status: 'left', detail: problem };
  const ended = active === 0 ? 'its runners had ended' : `${active} of its runners were still making load`;
  return { runId, what, status: 'removed', detail: `gone with all its pods; ${ended}` };
}

/** A living run keeps its runners busy; those of a dead one end within minutes, by themselves. */
function hasEnded({ status }: KubeObject): boolean {
  return Number(status?.active ?? 0) === 0;
}

function runOf({ metadata }: KubeObject): string {
  return metadata.labels?.[RUN_LABEL] ?? '';
}
