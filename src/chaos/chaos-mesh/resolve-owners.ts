import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, REPLICA_SETS } from '../../shared/kubernetes/object-path.js';
import type { Pod } from './pod.js';

/** Up to so many ReplicaSets are asked for one by one; a namespace may hold ten old ones for each that is in use. */
const ONE_BY_ONE = 5;

interface ReplicaSet {
  readonly name: string;
  readonly owner: string;
}

/**
 * Who starts a pod again, by the pod's id: `Deployment/orders` in place of the ReplicaSet in between. Where the
 * ReplicaSets may not be seen, they are named themselves.
 */
export async function resolveOwners(
  client: KubeClient,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, Set<string>>();
  for (const { namespace, owner } of pods) {
    const [kind, name = ''] = owner.split('/');
    if (kind === 'ReplicaSet') names.set(namespace, (names.get(namespace) ?? new Set()).add(name));
  }
  const owners = new Map<string, string>();
  await Promise.all(
    [...names].map(async ([namespace, sets]) => {
      for (const { name, owner } of await readSets(client, namespace, [...sets], signal))
        if (owner !== '') owners.set(`${namespace} ReplicaSet/${name}`, owner);
    }),
  );
  return new Map(pods.map(({ id, namespace, owner }) => [id, owners.get(`${namespace} ${owner}`) ?? owner]));
}

async function readSets(
  client: KubeClient,
  namespace: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly ReplicaSet[]> {
  try {
    if (names.length > ONE_BY_ONE) {
      const query = { path: objectPath(REPLICA_SETS, namespace), metadataOnly: true };
      return (await listObjects(client, query, readSet, signal)).items;
    }
    return await Promise.all(
      names.map(async (name) => {
        const path = objectPath(REPLICA_SETS, namespace, name);
        const { body } = await client.send({ method: 'GET', path, metadataOnly: 'of-an-object' }, signal);
        return readSet(body as KubeObject);
      }),
    );
  } catch (error) {
    // Not allowed, or replaced meanwhile: the name of its owner is told for the reader alone.
    if (error instanceof KubeError && error.status >= 400 && error.status < 500) return [];
    throw error;
  }
}

function readSet({ metadata }: KubeObject): ReplicaSet {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return { name: metadata.name, owner: owner === undefined ? '' : `${owner.kind}/${owner.name}` };
}
