import type { ClusterConfig } from '../../src/chaos/chaos-mesh/cluster-config.js';
import {
  createClusterEnvironment,
  type ClusterEnvironmentOptions,
} from '../../src/chaos/chaos-mesh/create-cluster-environment.js';
import type { Environment } from '../../src/chaos/environment.js';
import type { PlannedFault } from '../../src/chaos/fault-injector.js';
import { realClock } from './real-clock.js';

/** An environment on the cluster that a kubeconfig leads to. */
export async function aClusterEnvironment(
  kubeconfig: string,
  config: Partial<ClusterConfig> = {},
  ownPod?: string,
  overrides: Pick<ClusterEnvironmentOptions, 'usedServices' | 'runners'> = {},
): Promise<Environment> {
  return await createClusterEnvironment(
    {
      name: 'staging',
      config: {
        kubeconfig,
        namespace: 'shop',
        guards: { maxPercent: 100, minHealthy: 1 },
        services: {},
        ...config,
      },
      configFolder: '/',
      runId: 'run-1',
      ownPod,
      clock: realClock,
      logger: { debug: () => undefined, warn: () => undefined },
      onEvent: () => undefined,
      leaseMs: 60_000,
      recoverDeadlineMs: 10_000,
      ...overrides,
    },
    new AbortController().signal,
  );
}

/** A fault of the pods with `app: orders`, as a plan has it. */
export function aClusterFault(spec: Record<string, unknown> = {}, kind = 'NetworkChaos'): PlannedFault {
  const action =
    kind === 'PodChaos' ? { action: 'pod-kill' } : { action: 'delay', delay: { latency: '1ms' } };
  return {
    name: 'fault',
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind,
      metadata: { name: 'orders-fault-1' },
      spec: { mode: 'all', selector: { labelSelectors: { app: 'orders' } }, ...action, ...spec },
    },
    schedule: { atMs: 0 },
  };
}
