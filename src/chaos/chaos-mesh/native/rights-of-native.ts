import { grant, type Right } from '../../../shared/kubernetes/right.js';
import { BUDGETS, EVICTIONS, LEASES, NODES, PODS, SERVICES } from '../../../shared/kubernetes/object-path.js';
import type { ChaosManifest } from '../../manifest.js';
import { WITHOUT_LEASES } from '../run-lease.js';
import { readDrainSpec } from './drain-spec.js';

/** The least that a fault of Plimsoll's own needs. */
export function rightsOfNative(
  manifest: ChaosManifest,
  targetNamespaces: readonly string[],
): readonly Right[] {
  const ofTargets = targetNamespaces.flatMap((namespace) => [
    ...grant(PODS, ['list', 'watch'], namespace),
    ...grant(EVICTIONS, ['create'], namespace),
    ...grant(BUDGETS, ['list'], namespace, 'what the budgets say is known only when pods are to be evicted'),
    ...grant(
      SERVICES,
      ['list'],
      namespace,
      'whether a healthy pod is left behind each of them cannot be seen',
    ),
    ...grant(LEASES, ['get', 'create', 'patch', 'delete'], namespace, WITHOUT_LEASES),
  ]);
  if (manifest.kind !== 'NodeDrain') return ofTargets;
  return [
    ...grant(NODES, ['get', 'list', 'watch', 'patch'], undefined),
    // Unless some namespaces are named, every pod on the node has to be seen, to be spared or refused.
    ...(readDrainSpec(manifest).pods.namespaces === undefined ? grant(PODS, ['list'], undefined) : []),
    ...ofTargets,
  ];
}
