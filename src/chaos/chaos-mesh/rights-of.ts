import { grant, type Right } from '../../shared/kubernetes/right.js';
import { LEASES, PODS, SECRETS, SERVICES } from '../../shared/kubernetes/object-path.js';
import type { PlannedFault } from '../fault-injector.js';
import { nativeKindOf } from '../native-kinds.js';
import { childKinds, isComposite, leftoverResource, resourceOf, takesPodsDown } from './chaos-kinds.js';
import { WITHOUT_LEASES } from './run-lease.js';
import { rightsOfNative } from './native/rights-of-native.js';

/** The least that a fault needs: what the printed Role grants, and what preflight asks for. */
export function rightsOf(
  fault: PlannedFault,
  ownNamespace: string,
  targetNamespaces: readonly string[],
): readonly Right[] {
  const { manifest } = fault;
  if (nativeKindOf(manifest) !== undefined) return rightsOfNative(manifest, targetNamespaces);
  const leftovers = leftoverResource(manifest.kind);
  return [
    ...grant(resourceOf(manifest), ['create', 'get', 'list', 'watch', 'delete'], ownNamespace),
    ...grant(
      resourceOf(manifest),
      ['patch'],
      ownNamespace,
      'a recovery that a restart of the controller brought to a halt cannot be set going again',
    ),
    ...(isComposite(manifest) ? childKinds(manifest) : []).flatMap((kind) =>
      grant(resourceOf({ kind }), ['list', 'watch'], ownNamespace),
    ),
    ...targetNamespaces.flatMap((namespace) => [
      ...grant(PODS, ['list', 'watch'], namespace),
      ...grant(LEASES, ['get', 'create', 'patch', 'delete'], namespace, WITHOUT_LEASES),
      ...(takesPodsDown(manifest)
        ? grant(
            SERVICES,
            ['list'],
            namespace,
            'whether a healthy pod is left behind each of them cannot be seen',
          )
        : []),
      ...(leftovers === undefined
        ? []
        : grant(leftovers, ['list'], namespace, 'what a fault leaves in a pod cannot be seen')),
    ]),
    // Chaos Mesh reads it for whoever asks, and asks nobody whether he might.
    ...secretNamespacesIn(manifest.spec).flatMap((namespace) => grant(SECRETS, ['get'], namespace)),
  ];
}

function secretNamespacesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'secretNamespace' && typeof inner === 'string' ? [inner] : secretNamespacesIn(inner),
  );
}
