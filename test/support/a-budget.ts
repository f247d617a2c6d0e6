import type { KubeObject } from '../../src/shared/kubernetes/kube-client.js';

/** A PodDisruptionBudget `shop/orders` as the API has it; it allows nothing. */
export function aBudget({
  name = 'orders',
  selector = { matchLabels: { app: 'orders' } },
  allowed = 0,
  healthy = 2,
  desired = 2,
  generation = 1,
  spec = {},
}: {
  readonly name?: string;
  readonly selector?: unknown;
  readonly allowed?: number;
  readonly healthy?: number;
  readonly desired?: number;
  /** The status is that of generation 1. */
  readonly generation?: number;
  readonly spec?: Readonly<Record<string, unknown>>;
} = {}): KubeObject {
  return {
    metadata: { name, namespace: 'shop', generation },
    spec: { minAvailable: 2, selector, ...spec },
    status: {
      observedGeneration: 1,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
    },
  };
}
