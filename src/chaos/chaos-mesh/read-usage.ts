import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, type Resource } from '../../shared/kubernetes/object-path.js';
import type { Pod } from './pod.js';

/** What pods take of their nodes together, as the metrics server of the cluster has it. */
export type Usage =
  | { readonly status: 'read'; readonly cpuMillis: number; readonly memoryBytes: number }
  | { readonly status: 'unknown'; readonly reason: string };

export const POD_METRICS: Resource = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods' };

/** Cores and bytes behind the suffixes of Kubernetes' quantities. */
const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** Rejects with the signal's reason alone: where nobody measures usage, it is unknown. */
export async function readUsage(
  client: KubeClient,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<Usage> {
  const ids = new Set(pods.map(({ id }) => id));
  try {
    const lists = await Promise.all(
      [...new Set(pods.map(({ namespace }) => namespace))].map(
        async (namespace) =>
          await listObjects(client, { path: objectPath(POD_METRICS, namespace) }, readMetrics, signal),
      ),
    );
    const found = lists.flatMap(({ items }) => items).filter(({ id }) => ids.has(id));
    if (found.length === 0)
      return { status: 'unknown', reason: 'the metrics server knows none of the targets' };
    const sum = (pick: (each: (typeof found)[number]) => number) =>
      found.reduce((total, each) => total + pick(each), 0);
    return {
      status: 'read',
      cpuMillis: sum(({ cpu }) => cpu) * 1000,
      memoryBytes: sum(({ memory }) => memory),
    };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const reason = error.status === 404 ? 'the cluster has no metrics.k8s.io' : error.message;
    return { status: 'unknown', reason };
  }
}

function readMetrics(object: KubeObject) {
  const { containers = [] } = object as KubeObject & {
    readonly containers?: readonly { readonly usage?: { readonly cpu?: string; readonly memory?: string } }[];
  };
  const sum = (pick: 'cpu' | 'memory') =>
    containers.reduce((total, { usage }) => total + parseQuantity(usage?.[pick] ?? '0'), 0);
  return {
    id: `${object.metadata.namespace ?? ''}/${object.metadata.name}`,
    cpu: sum('cpu'),
    memory: sum('memory'),
  };
}

function parseQuantity(text: string): number {
  const [, number = '0', suffix = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(text) ?? [];
  return Number(number) * (FACTORS[suffix] ?? 1);
}
