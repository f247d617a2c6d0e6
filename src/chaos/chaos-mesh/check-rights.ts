import type { Finding } from '../../shared/finding.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import { LEASES, PODS, SECRETS, type Resource } from '../../shared/kubernetes/object-path.js';
import type { PlannedFault } from '../fault-injector.js';
import { nativeKindOf } from '../native-kinds.js';
import { childKinds, isComposite, leftoverResource, resourceOf } from './chaos-kinds.js';
import { grant } from './grant.js';
import { rightsOfNative } from './native/rights-of-native.js';

export interface Right {
  readonly verb: string;
  readonly resource: Resource;
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
  /** Without it the run still works, but proves less. */
  readonly optional: boolean;
}

/** The least that a fault needs: what the printed Role grants, and what preflight asks for. */
export function rightsOf(
  fault: PlannedFault,
  ownNamespace: string,
  targetNamespaces: readonly string[],
): readonly Right[] {
  if (nativeKindOf(fault.manifest) !== undefined) return rightsOfNative(fault.manifest, targetNamespaces);
  const leftovers = leftoverResource(fault.manifest.kind);
  return [
    ...grant(resourceOf(fault.manifest), ['create', 'get', 'list', 'watch', 'delete'], ownNamespace),
    ...grant(resourceOf(fault.manifest), ['patch'], ownNamespace, true),
    ...(isComposite(fault.manifest) ? childKinds(fault.manifest) : []).flatMap((kind) =>
      grant(resourceOf({ kind }), ['list', 'watch'], ownNamespace),
    ),
    ...targetNamespaces.flatMap((namespace) => [
      ...grant(PODS, ['list', 'watch'], namespace),
      ...grant(LEASES, ['get', 'create', 'patch', 'delete'], namespace, true),
      ...(leftovers === undefined ? [] : grant(leftovers, ['list'], namespace, true)),
    ]),
    // Chaos Mesh reads it for whoever asks, and asks nobody whether he might.
    ...secretNamespacesIn(fault.manifest.spec).flatMap((namespace) => grant(SECRETS, ['get'], namespace)),
  ];
}

function secretNamespacesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'secretNamespace' && typeof inner === 'string' ? [inner] : secretNamespacesIn(inner),
  );
}

/** Asks the API server about each right, as the identity that the run will have. */
export async function checkRights(
  client: KubeClient,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const answers = await Promise.all(
    rights.map(async (right) => ({ right, allowed: await isAllowed(client, right, signal) })),
  );
  const missing = answers.flatMap(({ right, allowed }) => (allowed ? [] : [right]));
  return groupByResource(missing).map(({ verbs, resource, namespace, optional }) => ({
    severity: optional ? 'warning' : 'stop',
    code: 'missing-right',
    message: `no right to ${verbs.join(', ')} ${nameOf(resource)} in ${namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`}${optional ? consequence(resource) : ''}`,
    remedy: `Grant it: ${client.kubectl} ${namespace === undefined ? 'create clusterrole' : `-n ${namespace} create role`} plimsoll --verb=${verbs.join(',')} --resource=${nameOf(resource)}, and bind the role to this identity.`,
  }));
}

async function isAllowed(
  client: KubeClient,
  { verb, resource, namespace }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const [plural, subresource] = resource.plural.split('/');
  const resourceAttributes = { verb, group: resource.group, resource: plural, subresource, namespace };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const { body } = await client.send({ method: 'POST', path, body: review }, signal);
  return (body as { status?: { allowed?: boolean } }).status?.allowed === true;
}

interface MissingRights extends Omit<Right, 'verb'> {
  readonly verbs: readonly string[];
}

function groupByResource(rights: readonly Right[]): readonly MissingRights[] {
  const groups = new Map<string, MissingRights>();
  for (const { verb, ...rest } of rights) {
    const key = `${rest.namespace ?? ''} ${nameOf(rest.resource)} ${rest.optional}`;
    groups.set(key, { ...rest, verbs: [...(groups.get(key)?.verbs ?? []), verb] });
  }
  return [...groups.values()];
}

function nameOf({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function consequence({ plural }: Resource): string {
  if (plural === 'poddisruptionbudgets')
    return ': what the budgets say is known only when pods are to be evicted';
  if (plural === 'leases')
    return ': nothing keeps another run away from the same targets, and "sweep --orphans" on another machine takes this run for dead';
  if (/^pod(network|io|http)chaos$/.test(plural)) return ': what a fault leaves in a pod cannot be seen';
  return ': a recovery that a restart of the controller brought to a halt cannot be set going again';
}
