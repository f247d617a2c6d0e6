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

/** Of the object itself, of its targets, of the other side of a network fault, and of whatever else its spec names. */
function placesOf(config: ClusterConfig, fault: PlannedFault): readonly string[] {
  // A node stands in no namespace: which its pods are in is checked when they are known.
  if (nativeKindOf(fault.manifest) === 'NodeDrain')
    return readDrainSpec(fault.manifest).pods.namespaces ?? [];
  const own = fault.manifest.metadata?.namespace ?? config.namespace;
  const selected = selectsPods(fault.manifest) ? namespacesOf(choiceOf(fault).selector, own) : [];
  return [own, ...selected, ...placesIn(fault.manifest.spec, own)];
}

/** Selectors may stand anywhere in a spec: schedules and workflows hold whole faults. So may the place of a Secret. */
function placesIn(value: unknown, own: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'selector') return placesOfSelector((inner ?? {}) as AnySelector, own);
    if (/namespace$/i.test(name) && typeof inner === 'string' && inner !== '') return [inner];
    return placesIn(inner, own);
  });
}

/** One of pods, or of physical machines, which are named by namespace as well. */
type AnySelector = PodSelector & { readonly physicalMachines?: Readonly<Record<string, unknown>> | null };

function placesOfSelector(selector: AnySelector, own: string): readonly string[] {
  return [...namespacesOf(selector, own), ...Object.keys(selector.physicalMachines ?? {})];
}
