import { resolve } from 'node:path';
import { createKubeClient } from '../../shared/kubernetes/create-kube-client.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import type { ClusterConfig } from './cluster-config.js';

/**
 * The API of an environment's cluster, as the identity that its runs have. Rejects with NOT_READY where the kubeconfig
 * is of no use.
 *
 * @param configFolder the folder of plimsoll.yaml, which a relative kubeconfig stands against
 */
export async function createClusterClient(
  { kubeconfig, context, impersonate }: Pick<ClusterConfig, 'kubeconfig' | 'context' | 'impersonate'>,
  configFolder: string,
): Promise<KubeClient> {
  return await createKubeClient({
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(configFolder, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    ...(impersonate === undefined ? {} : { impersonate }),
  });
}
