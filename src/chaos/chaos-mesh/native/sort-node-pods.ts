import type { KubeObject } from '../../../shared/kubernetes/kube-client.js';
import type { Finding } from '../../../shared/finding.js';
import { matchesSelector } from '../../matches-selector.js';
import { checkOwnPods } from '../check-pods.js';
import { allowedNamespaces, type ClusterConfig, FORBIDDEN_NAMESPACES } from '../cluster-config.js';
import { type Pod, readPod } from '../pod.js';
import type { DrainSpec } from './drain-spec.js';

/** A pod on a node that is to be drained. */
export interface NodePod extends Pod {
  /** It has an emptyDir: what is in there goes with the pod. */
  readonly hasEmptyDir: boolean;
}

export interface SortedPods {
  /** Those that a drain evicts. */
  readonly evict: readonly NodePod[];
  /** Those that it leaves on their nodes, by the reason. */
  readonly left: ReadonlyMap<string, readonly NodePod[]>;
  /** What keeps it from evicting those that it means. */
  readonly findings: readonly Finding[];
}

const MIRROR = 'kubernetes.io/config.mirror';

export function readNodePod(object: KubeObject): NodePod {
  const volumes = Array.isArray(object.spec?.volumes) ? (object.spec.volumes as readonly object[]) : [];
  return { ...readPod(object), hasEmptyDir: volumes.some((volume) => 'emptyDir' in volume) };
}

/** Sorts the pods of the nodes into those to be evicted and those that stay, as kubectl drain does. */
export function sortNodePods(
  spec: DrainSpec,
  pods: readonly NodePod[],
  config: ClusterConfig,
  ownPod: string | undefined,
): SortedPods {
  const evict: NodePod[] = [];
  const left = new Map<string, NodePod[]>();
  for (const pod of pods) {
    const reason = reasonToStay(spec, pod, ownPod);
    if (reason === undefined) evict.push(pod);
    else left.set(reason, [...(left.get(reason) ?? []), pod]);
  }
  return { evict, left, findings: checkEvicted(spec, evict, config) };
}

/** In words that follow a number: `2 of a DaemonSet`. */
function reasonToStay({ pods }: DrainSpec, pod: NodePod, ownPod: string | undefined): string | undefined {
  const { namespaces, ...selector } = pods;
  if (FORBIDDEN_NAMESPACES.includes(pod.namespace)) return `in ${pod.namespace}`;
  if (checkOwnPods([pod], ownPod).length > 0) return 'of Plimsoll or Chaos Mesh itself';
  if (pod.annotations[MIRROR] !== undefined) return 'of the kubelet itself';
  if (pod.owner.startsWith('DaemonSet/')) return 'of a DaemonSet';
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return 'that are over';
  if (pod.deleting) return 'that are being deleted already';
  const isSelected =
    (namespaces === undefined || namespaces.includes(pod.namespace)) &&
    matchesSelector(selector, { id: pod.name, labels: pod.labels });
  return isSelected ? undefined : 'that spec.pods does not select';
}

function checkEvicted(spec: DrainSpec, evict: readonly NodePod[], config: ClusterConfig): readonly Finding[] {
  const allowed = allowedNamespaces(config);
  const outside = evict.filter(({ namespace }) => !allowed.includes(namespace));
  const bare = evict.filter(({ owner }) => owner === '');
  const keeping = spec.deleteEmptyDirData ? [] : evict.filter(({ hasEmptyDir }) => hasEmptyDir);
  const findings: Finding[] = [];
  const stop = (code: string, message: string, remedy: string) =>
    findings.push({ severity: 'stop', code, message, remedy });
  if (outside.length > 0) {
    stop(
      'namespace-not-allowed',
      `the drain would evict ${listed(outside)}, in namespaces that this environment does not allow (it allows ${allowed.join(', ')})`,
      'Limit it to some pods (spec.pods.namespaces), or add the namespaces to guards.namespaces of the environment.',
    );
  }
  if (bare.length > 0) {
    stop(
      'no-owner',
      `nobody would start ${listed(bare)} again: it has no owner`,
      'Run it by a Deployment, or limit the drain to other pods (spec.pods).',
    );
  }
  if (keeping.length > 0) {
    stop(
      'empty-dir-data',
      `${listed(keeping)} would lose what is in its emptyDir volumes`,
      'Write deleteEmptyDirData: true where that may be lost, or limit the drain to other pods (spec.pods).',
    );
  }
  return findings;
}

function listed(pods: readonly Pod[]): string {
  const ids = pods.slice(0, 5).map(({ id }) => id);
  return `${ids.join(', ')}${pods.length > ids.length ? ` and ${pods.length - ids.length} more` : ''}`;
}
