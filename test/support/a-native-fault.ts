import type { PlannedFault } from '../../src/chaos/fault-injector.js';
import { NATIVE_API_VERSION, type NativeKind } from '../../src/chaos/native-kinds.js';

/** A fault of Plimsoll's own; an eviction of one pod of the orders, or a drain of node-a, unless the spec says otherwise. */
export function aNativeFault(kind: NativeKind, spec: Record<string, unknown> = {}): PlannedFault {
  const base =
    kind === 'NodeDrain'
      ? { nodes: ['node-a'], mode: 'all' }
      : { mode: 'one', selector: { labelSelectors: { app: 'orders' } } };
  return {
    name: kind.toLowerCase(),
    manifest: {
      apiVersion: NATIVE_API_VERSION,
      kind,
      metadata: { name: `x-${kind}` },
      spec: { ...base, ...spec },
    },
    schedule: { atMs: 0 },
  };
}
