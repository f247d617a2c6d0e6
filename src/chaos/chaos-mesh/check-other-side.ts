import type { Finding } from '../../shared/finding.js';
import { isForbidden } from '../../shared/kubernetes/kube-error.js';
import type { PlannedFault } from '../fault-injector.js';
import type { PodSelector } from '../manifest.js';
import type { ClusterAccess } from './cluster-access.js';
import { isRunning } from './pod.js';
import { listSelectedPods } from './select-pods.js';

/** A network fault whose other side matches nothing is taken, and never injected. */
export async function checkOtherSide(
  { client }: ClusterAccess,
  { manifest }: PlannedFault,
  own: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const target = manifest.spec.target as { readonly selector?: PodSelector } | undefined;
  if (manifest.kind !== 'NetworkChaos' || target === undefined) return [];
  const { selector = {} } = target;
  try {
    const pods = await listSelectedPods(client, selector, own, signal);
    if (pods.some(isRunning)) return [];
  } catch (error) {
    if (isForbidden(error)) return []; // Chaos Mesh itself asks for that right
    throw error;
  }
  return [
    {
      severity: 'stop',
      code: 'no-target',
      message: `the other side, spec.target.selector ${JSON.stringify(selector)}, matches no running pod`,
      remedy:
        'Compare it with: kubectl get pods --show-labels. Chaos Mesh would accept it and inject nothing.',
    },
  ];
}
