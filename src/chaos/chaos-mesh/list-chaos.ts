import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isForbidden, isNotFound } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, type Resource } from '../../shared/kubernetes/object-path.js';
import { CHAOS_GROUP, chaosResource } from './chaos-kinds.js';

/** A kind that the cluster's Chaos Mesh knows. */
export interface ChaosKind {
  readonly kind: string;
  readonly resource: Resource;
}

/** Bookkeeping of Chaos Mesh itself, and no faults. */
const NO_FAULTS = [
  ...['PodNetworkChaos', 'PodIOChaos', 'PodHttpChaos'],
  ...['WorkflowNode', 'StatusCheck', 'PhysicalMachine'],
];

/** Every fault of a run asks, and kinds do not change while it lasts. */
const asked = new WeakMap<KubeClient, Promise<readonly ChaosKind[] | undefined>>();

/** The kinds of faults, schedules and workflows that the cluster knows; undefined where there is no Chaos Mesh. */
export async function listChaosKinds(
  client: KubeClient,
  signal: AbortSignal,
): Promise<readonly ChaosKind[] | undefined> {
  const asking = asked.get(client) ?? askForKinds(client, signal);
  asked.set(client, asking);
  try {
    const kinds = await asking;
    if (kinds === undefined) asked.delete(client);
    return kinds;
  } catch (error) {
    asked.delete(client); // the next one to ask may have an answer
    throw error;
  }
}

async function askForKinds(
  client: KubeClient,
  signal: AbortSignal,
): Promise<readonly ChaosKind[] | undefined> {
  try {
    const path = `/apis/${CHAOS_GROUP}/v1alpha1`;
    const { body } = await client.send({ method: 'GET', path }, signal);
    const { resources = [] } = body as {
      resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
    };
    return resources
      .filter(({ name, kind, namespaced }) => namespaced && !name.includes('/') && !NO_FAULTS.includes(kind))
      .map(({ name, kind }) => ({ kind, resource: chaosResource(name) }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A chaos object of the cluster, with its kind, which lists leave out. */
export type ListedChaos = KubeObject & { readonly kind: string };

export interface ChaosList {
  readonly objects: readonly ListedChaos[];
  /** The kinds that this identity may not list, in some namespace at least: there may be more of them. */
  readonly unseen: readonly string[];
}

/** All chaos objects of the cluster; where this identity may not see so much, those of the namespaces. */
export async function listChaos(
  client: KubeClient,
  kinds: readonly ChaosKind[],
  namespaces: readonly string[],
  labelSelector: string | undefined,
  signal: AbortSignal,
): Promise<ChaosList> {
  const unseen = new Set<string>();
  const lists = await Promise.all(
    kinds.map(async ({ kind, resource }) => {
      const pick = (object: KubeObject): ListedChaos => ({ ...object, kind });
      const list = async (namespace?: string) => {
        const query = { path: objectPath(resource, namespace), labelSelector };
        return (await listObjects(client, query, pick, signal)).items;
      };
      const listOrNone = async (namespace: string) => {
        try {
          return await list(namespace);
        } catch (error) {
          if (!isForbidden(error)) throw error;
          unseen.add(kind);
          return [];
        }
      };
      try {
        return await list();
      } catch (error) {
        if (!isForbidden(error)) throw error;
        return (await Promise.all(namespaces.map(listOrNone))).flat();
      }
    }),
  );
  return { objects: lists.flat(), unseen: [...unseen] };
}
