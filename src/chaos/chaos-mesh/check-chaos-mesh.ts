import type { Finding } from '../../shared/finding.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import {
  CHAOS_NAMESPACE,
  listChaosDefinitions,
  listChaosMeshPods,
  readyOnes,
  type ChaosMeshPods,
} from './chaos-mesh-parts.js';
import { compareVersions } from './compare-versions.js';

/** Whether the controller and the daemons run, and come from the release that the CRDs are of. */
export async function checkChaosMesh(client: KubeClient, signal: AbortSignal): Promise<readonly Finding[]> {
  const [pods, crds] = await Promise.all([
    listChaosMeshPods(client, signal),
    listChaosDefinitions(client, signal),
  ]);
  if (pods.status === 'hidden') return [hiddenPods(pods.reason)];
  const definitions = crds.status === 'seen' ? crds.definitions : undefined;
  return [...checkPresence(client.kubectl, pods), ...compareVersions({ ...pods, definitions })];
}

export function checkPresence(
  kubectl: string,
  { namespace, controllers, daemons }: Extract<ChaosMeshPods, { status: 'seen' }>,
): readonly Finding[] {
  const remedy = `Look with: ${kubectl} -n ${namespace} get pods`;
  const findings: Finding[] = [];
  if (readyOnes(controllers).length === 0) {
    findings.push({
      severity: 'stop',
      code: 'controller-away',
      message: `no controller of Chaos Mesh is ready in namespace ${namespace}: nobody would inject a fault, nor end it`,
      remedy,
    });
  }
  if (readyOnes(daemons).length === 0) {
    findings.push({
      severity: 'warning',
      code: 'daemon-away',
      message: `no daemon of Chaos Mesh is ready in namespace ${namespace}: only pod-kill and pod-failure work without it`,
      remedy,
    });
  }
  return findings;
}

export function hiddenPods(reason: string): Finding {
  return {
    severity: 'warning',
    code: 'cannot-see-chaos-mesh',
    message: `whether the controller of Chaos Mesh runs cannot be seen: ${reason}`,
    remedy: `Grant the right to list pods in namespace ${CHAOS_NAMESPACE}.`,
  };
}
