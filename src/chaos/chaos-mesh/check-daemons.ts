import type { Finding } from '../../shared/finding.js';
import type { ChaosManifest } from '../manifest.js';
import { COMPONENT_LABEL, readyOnes, type ChaosMeshPods } from './chaos-mesh-parts.js';
import type { Pod } from './pod.js';

/** What the controller does alone, by the API server. */
const WITHOUT_DAEMON = ['pod-kill', 'pod-failure'];

/** Whether a daemon is ready on each node where a target runs: without it the fault goes neither in nor out there. */
export function checkDaemons(
  { kind, spec }: Pick<ChaosManifest, 'kind' | 'spec'>,
  targets: readonly Pod[],
  pods: ChaosMeshPods,
  kubectl: string,
): readonly Finding[] {
  if (kind === 'PodChaos' && WITHOUT_DAEMON.includes(String(spec.action))) return [];
  if (pods.status === 'hidden') return [];
  const served = new Set(readyOnes(pods.daemons).map(({ node }) => node));
  const nodes = [...new Set(targets.map(({ node }) => node))].filter((node) => !served.has(node));
  return nodes.map((node) => {
    const there = targets.filter((target) => target.node === node).map(({ id }) => id);
    const more = there.length > 3 ? ` and ${there.length - 3} more` : '';
    return {
      severity: 'stop',
      code: 'daemon-away',
      message: `no daemon of Chaos Mesh is ready on node ${node}, where ${there.slice(0, 3).join(', ')}${more} runs: the fault would not go in there`,
      remedy: `Look with: ${kubectl} -n ${pods.namespace} get pods -o wide -l ${COMPONENT_LABEL}=chaos-daemon, or choose targets on other nodes.`,
    };
  });
}
