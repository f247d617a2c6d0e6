import type { Pod } from '../../src/chaos/chaos-mesh/pod.js';

/** A pod that serves; its name says which. */
export function aPod(name: string, more: Partial<Pod> = {}): Pod {
  return {
    id: `shop/${name}`,
    namespace: 'shop',
    name,
    uid: `uid-of-${name}`,
    labels: { app: 'orders' },
    annotations: {},
    phase: 'Running',
    ready: true,
    deleting: false,
    node: 'node-a',
    owner: 'ReplicaSet/orders',
    restarts: 0,
    ...more,
  };
}
