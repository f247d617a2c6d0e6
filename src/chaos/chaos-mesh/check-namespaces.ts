import type { Finding } from '../../shared/finding.js';
import type { PlannedFault } from '../fault-injector.js';
import type { PodSelector } from '../manifest.js';
import { nativeKindOf } from '../native-kinds.js';
import { selectsPods } from './chaos-kinds.js';
import { choiceOf } from './choose-pods.js';
import { allowedNamespaces, FORBIDDEN_NAMESPACES, type ClusterConfig } from './cluster-config.js';
import { readDrainSpec } from './native/drain-spec.js';
import { namespacesOf } from './select-pods.js';

/** Whether the object and its targets stay where the environment allows faults. */
export function checkNamespaces(config: ClusterConfig, fault: PlannedFault): readonly Finding[] {
  const namespaces = placesOf(config, fault);
  const allowed = allowedNamespaces(config);
  return [...new Set(namespaces)].flatMap((namespace): Finding[] => {
    if (FORBIDDEN_NAMESPACES.includes(namespace)) {
      return [
        {
          severity: 'stop',
          code: 'namespace-not-allowed',
          message: `namespace ${namespace} keeps the cluster itself alive: no fault is put in there`,
          remedy: 'Choose another namespace.',
        },
      ];
    }
    if (allowed.includes(namespace)) return [];
    return [
      {
        severity: 'stop',
        code: 'namespace-not-allowed',
        message: `namespace ${namespace} is none of those that this environment allows (${allowed.join(', ')})`,
        remedy: 'Choose another namespace, or add it to guards.namespaces of the environment.',
      },
    ];
  });
}

/** Of the object itself, of its targets, and of the other side of a network fault. */
function placesOf(config: ClusterConfig, fault: PlannedFault): readonly string[] {
  // A node stands in no namespace: which its pods are in is checked when they are known.
  if (nativeKindOf(fault.manifest) === 'NodeDrain')
    return readDrainSpec(fault.manifest).pods.namespaces ?? [];
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const selected = selectsPods(fault.manifest) ? namespacesOf(choiceOf(fault).selector, own) : [];
  return [
    own,
    ...selected,
    ...selectorsIn(fault.manifest.spec).flatMap((selector) => namespacesOf(selector, own)),
  ];
}

/** Every selector that stands anywhere in a spec: schedules and workflows hold whole faults. */
function selectorsIn(value: unknown): readonly PodSelector[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'selector' ? [(inner ?? {}) as PodSelector] : selectorsIn(inner),
  );
}
