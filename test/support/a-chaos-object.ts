import type { KubeObject } from '../../src/shared/kubernetes/kube-client.js';

type Condition = 'Selected' | 'AllInjected' | 'AllRecovered' | 'Paused';

/** A record of a chaos object as Chaos Mesh writes it; with a message, its newest event is a failure. */
export function aRecord(
  phase: string,
  injectedCount: number,
  recoveredCount: number,
  failure?: string,
  id = 'shop/orders-1',
) {
  const succeeded = { operation: 'Apply', type: 'Succeeded', timestamp: '2026-11-23T00:29:12Z' };
  const failed = { operation: 'Apply', type: 'Failed', timestamp: '2026-11-23T00:29:12Z', message: failure };
  const events = failure === undefined ? (injectedCount > 0 ? [succeeded] : []) : [failed];
  return { id, phase, injectedCount, recoveredCount, selectorKey: '.', events };
}

/** A NetworkChaos in a state; conditions that are not named are as they are in mid-fault. */
export function aChaosObject(
  conditions: Partial<Record<Condition, boolean>>,
  containerRecords: readonly ReturnType<typeof aRecord>[],
  more: {
    readonly desiredPhase?: string;
    readonly annotations?: Record<string, string>;
    readonly deleting?: boolean;
  } = {},
): KubeObject {
  const all = { Selected: true, AllInjected: false, AllRecovered: false, Paused: false, ...conditions };
  return {
    apiVersion: 'chaos-mesh.org/v1alpha1',
    kind: 'NetworkChaos',
    metadata: {
      name: 'delay',
      namespace: 'shop',
      uid: 'uid-of-delay',
      resourceVersion: '1',
      ...(more.annotations ? { annotations: more.annotations } : {}),
      ...(more.deleting ? { deletionTimestamp: '2026-11-23T00:29:20Z' } : {}),
    },
    spec: {},
    status: {
      conditions: Object.entries(all).map(([type, status]) => ({ type, status: status ? 'True' : 'False' })),
      experiment: { desiredPhase: more.desiredPhase ?? 'Run', containerRecords },
    },
  };
}
