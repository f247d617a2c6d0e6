import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import { isForbidden, isNotFound } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { BUDGETS, objectPath } from '../../shared/kubernetes/object-path.js';
import type { Pod } from './pod.js';
import { type DisruptionBudget, readBudget } from './read-budgets.js';

/** The PodDisruptionBudgets where the pods are; none where this identity may not see them. */
export async function listBudgets(
  client: KubeClient,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly DisruptionBudget[]> {
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        return (await listObjects(client, { path: objectPath(BUDGETS, namespace) }, readBudget, signal))
          .items;
      } catch (error) {
        if (isForbidden(error) || isNotFound(error)) return []; // the check of rights tells
        throw error;
      }
    }),
  );
  return lists.flat();
}
