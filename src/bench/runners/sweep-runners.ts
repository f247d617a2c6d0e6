import { isForbidden, isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import type { Clock } from '../../shared/time.js';
import { deleteObject } from './delete-object.js';
import type { RunnerEngine } from './runner-engine.js';

export interface RunnerSweep {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly engine: RunnerEngine;
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
  const { client, namespace, engine } = sweep;
  try {
    const found = await Promise.all(
      (await listOwn(sweep, signal)).map(async (object) => {
        return { object, active: await engine.countActive(client, object, signal) };
      }),
    );
    const ours = found.filter((each) => isToGo(sweep, each));
    return await Promise.all(ours.map((each) => remove(sweep, each)));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeError)) throw error;
    return [...sweep.deadRuns].map((runId) => ({
      runId,
      what: `${engine.kind}s of k6 in namespace ${namespace}`,
      status: 'left',
      detail: `could not look for them on ${client.server}: ${error.message}`,
    }));
  }
}

/** All objects of runners, but those that belong to an object of another engine: they go with it. */
async function listOwn(
  { client, namespace, engine }: RunnerSweep,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    const path = objectPath(engine.resource, namespace);
    const labelSelector = `${MANAGER_LABEL}=plimsoll,${RUN_LABEL}`;
    const { items } = await listObjects(client, { path, labelSelector }, (object) => object, signal);
    return items.filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0);
  } catch (error) {
    // Who may not list them has not created any; of a kind that the cluster does not know there is none.
    if (isForbidden(error) || isNotFound(error)) return [];
    throw error;
  }
}

interface FoundObject {
  readonly object: KubeObject;
  /** Runners that may still be making load. */
  readonly active: number;
}

/** A living run keeps its runners busy; those of a dead one end within minutes, by themselves. */
function isToGo({ deadRuns, orphans }: RunnerSweep, { object, active }: FoundObject): boolean {
  const runId = runOf(object);
  if (deadRuns.has(runId)) return true;
  return orphans !== undefined && !orphans.living.includes(runId) && active === 0;
}

async function remove(sweep: RunnerSweep, { object, active }: FoundObject): Promise<SweptRunners> {
  const { name } = object.metadata;
  const { client, clock, namespace, engine } = sweep;
  const { kind, resource } = engine;
  const problem = await deleteObject({ client, clock, namespace, resource, name, what: kind });
  const runId = runOf(object);
  const what = `${kind} ${namespace}/${name}`;
  if (problem !== undefined) return { runId, what, status: 'left', detail: problem };
  const ended = active === 0 ? 'its runners had ended' : `${active} of its runners were still making load`;
  return { runId, what, status: 'removed', detail: `gone with all its pods; ${ended}` };
}

function runOf({ metadata }: KubeObject): string {
  return metadata.labels?.[RUN_LABEL] ?? '';
}
