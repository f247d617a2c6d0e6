import { createKubeClient } from '../../src/shared/kubernetes/create-kube-client.js';
import type { KubeClient, KubeObject } from '../../src/shared/kubernetes/kube-client.js';
import { objectPath, PODS, SERVICES } from '../../src/shared/kubernetes/object-path.js';

const AT_ONCE = 20;
const NEVER = new AbortController().signal;
const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' };

/** A pod as large as those of a real cluster; most of it is nothing that a plan needs. */
export function aLargePod(namespace: string, index: number): KubeObject {
  const name = `orders-7d4f9c8b6d-${index.toString(36).padStart(5, '0')}`;
  const env = Array.from({ length: 25 }, (_, n) => ({
    name: `ORDERS_SETTING_${n}`,
    value: `postgres://orders.${namespace}.svc:5432/orders?pool=${n}&application=${name}`,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace, labels: { app: 'orders', 'pod-template-hash': '7d4f9c8b6d' } },
      annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': 'b5bb9d8014a0f9b1d61e21e796d78dcc' },
    },
    spec: {
      // Nobody places it, so that no kubelet ever runs it.
      schedulerName: 'nobody',
      containers: [{ name: 'app', image: 'localhost/none:1', env, ports: [{ containerPort: 8080 }] }],
    },
  };
}

export const RUNNING = {
  phase: 'Running',
  conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-25T03:00:00Z' },
  })),
  containerStatuses: [
    {
      ...{ name: 'app', ready: true, restartCount: 0, image: 'localhost/none:1', imageID: '' },
      state: { running: { startedAt: '2026-11-25T03:00:00Z' } },
    },
  ],
};

/** Which field came from whom: of a real pod as much again as all the rest, and nothing of it is needed. */
export const MANAGED_FIELDS = ['kube-controller-manager', 'kubelet'].map((manager) => ({
  ...{ manager, operation: 'Update', apiVersion: 'v1', time: '2026-11-25T03:00:00Z', fieldsType: 'FieldsV1' },
  fieldsV1: {
    'f:spec': Object.fromEntries(
      Array.from({ length: 25 }, (_, n) => [
        `k:{"name":"ORDERS_SETTING_${n}"}`,
        { '.': {}, 'f:name': {}, 'f:value': {} },
      ]),
    ),
  },
}));

/** Pods that stand on a real cluster as if they ran, behind a Service, in a namespace of their own. */
export async function createManyPods(
  kubeconfig: string,
  namespace: string,
  count: number,
): Promise<KubeClient> {
  const client = await createKubeClient({ kubeconfig });
  const create = async (path: string, body: unknown) =>
    await client.send({ method: 'POST', path, body }, NEVER);
  await create(objectPath(NAMESPACES), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  await create(objectPath(SERVICES, namespace), {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'orders' } },
    spec: { selector: { app: 'orders' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  let next = 0;
  const work = async () => {
    while (next < count) {
      const pod = aLargePod(namespace, next++);
      await create(objectPath(PODS, namespace), pod);
      const path = `${objectPath(PODS, namespace, pod.metadata.name)}/status`;
      await client.send({ method: 'PATCH', path, body: { status: RUNNING } }, NEVER);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return client;
}

export async function deleteNamespace(client: KubeClient, namespace: string): Promise<void> {
  await client.send({ method: 'DELETE', path: objectPath(NAMESPACES, undefined, namespace) }, NEVER);
}
