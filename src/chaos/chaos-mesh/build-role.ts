import type { PlannedFault } from '../fault-injector.js';
import type { Right } from '../../shared/kubernetes/right.js';
import { rightsOf } from './rights-of.js';
import type { ClusterConfig } from './cluster-config.js';
import { selectsPods } from './chaos-kinds.js';
import { rightsOfServices } from './rights-of-services.js';
import { targetNamespaces } from './target-namespaces.js';
import { rightsToWatch } from './watch/rights-to-watch.js';

/** An object of rbac.authorization.k8s.io, to be printed and applied by an administrator. */
export interface RbacObject {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'Role' | 'RoleBinding' | 'ClusterRole' | 'ClusterRoleBinding';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
}

const API_VERSION = 'rbac.authorization.k8s.io/v1';

/**
 * The least Roles and RoleBindings that runs of the faults need in an environment: one of each for each namespace, and a
 * ClusterRole with its binding for nodes, which a run can do without where no fault touches them.
 *
 * @param ofLoads what their loads need besides
 */
export function buildRoles(
  faults: readonly PlannedFault[],
  config: ClusterConfig,
  name: string,
  subject: Subject,
  ofLoads: readonly Right[] = [],
): readonly RbacObject[] {
  const ofFaults = faults.flatMap((fault) => {
    const own = fault.manifest.metadata?.namespace ?? config.namespace;
    const targets = targetNamespaces(config, fault);
    const watched = selectsPods(fault.manifest) ? rightsToWatch(fault.manifest.kind, targets) : [];
    return [...rightsOf(fault, own, targets), ...watched];
  });
  const rights = [...ofFaults, ...rightsOfServices(config, willForward(config, subject)), ...ofLoads];
  // That of the whole cluster, which has no name, first.
  const places = [...new Set(rights.map(({ namespace = '' }) => namespace))].sort();
  const { kind, name: who, namespace: where } = subject;
  const subjects = [
    where === undefined
      ? { apiGroup: 'rbac.authorization.k8s.io', kind, name: who }
      : { kind, name: who, namespace: where },
  ];
  return places.flatMap((namespace): RbacObject[] => {
    const metadata = namespace === '' ? { name } : { name, namespace };
    const role = namespace === '' ? 'ClusterRole' : 'Role';
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: role, name };
    const rules = rulesOf(rights.filter((right) => (right.namespace ?? '') === namespace));
    return [
      { apiVersion: API_VERSION, kind: role, metadata, rules },
      { apiVersion: API_VERSION, kind: `${role}Binding`, metadata, roleRef, subjects },
    ];
  });
}

/** With `reach: auto`, a service account that no kubeconfig leads to is that of a pod, which needs no port-forward. */
function willForward({ reach, kubeconfig, context, impersonate }: ClusterConfig, { kind }: Subject): boolean {
  if (reach !== undefined && reach !== 'auto') return reach === 'forward';
  return kind !== 'ServiceAccount' || (kubeconfig ?? context ?? impersonate) !== undefined;
}

function rulesOf(rights: readonly Right[]) {
  const verbs = new Map<string, { readonly right: Right; readonly verbs: Set<string> }>();
  for (const right of rights) {
    const key = `${right.resource.group}/${right.resource.plural}`;
    const entry = verbs.get(key) ?? { right, verbs: new Set<string>() };
    entry.verbs.add(right.verb);
    verbs.set(key, entry);
  }
  return [...verbs.values()].map(({ right, verbs: granted }) => ({
    apiGroups: [right.resource.group],
    resources: [right.resource.plural],
    verbs: [...granted],
  }));
}
