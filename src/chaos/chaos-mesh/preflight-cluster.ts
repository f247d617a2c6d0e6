import type { Finding } from '../../shared/finding.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { checkChaosMesh } from './check-chaos-mesh.js';
import { checkClock } from './check-clock.js';
import type { ClusterAccess } from './cluster-access.js';
import { listChaosKinds } from './list-chaos.js';
import { remedyFor } from './remedy-for.js';

/** Whether the cluster answers, and, where a fault needs it, knows Chaos Mesh, whose parts run and belong together. */
export async function preflightCluster(
  access: ClusterAccess,
  usesChaosMesh: boolean,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { client } = access;
  try {
    const clock = await checkClock(access, signal);
    if (!usesChaosMesh) return clock.findings;
    const [kinds, components] = await Promise.all([
      listChaosKinds(client, signal),
      checkChaosMesh(client, signal),
    ]);
    if (kinds === undefined) {
      return [...clock.findings, noChaosMesh(client.server)];
    }
    return [...clock.findings, ...components];
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [
      {
        severity: 'stop',
        code: error.status === 0 ? 'unreachable' : 'cannot-check',
        message: `cluster ${client.server}: ${error.message}`,
        remedy: remedyFor(error, client.kubectl),
      },
    ];
  }
}

export function noChaosMesh(server: string): Finding {
  return {
    severity: 'stop',
    code: 'no-chaos-mesh',
    message: `the cluster ${server} does not know chaos-mesh.org/v1alpha1`,
    remedy: 'Install Chaos Mesh 2.x there: https://chaos-mesh.org/docs/quick-start/',
  };
}
