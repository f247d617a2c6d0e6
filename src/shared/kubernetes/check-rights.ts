import type { Finding } from '../finding.js';
import { askRights } from './ask-rights.js';
import type { KubeClient } from './kube-client.js';
import { nameOf, type Right } from './right.js';

/** Asks the API server about each right, as the identity that the run will have. */
export async function checkRights(
  client: KubeClient,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const answers = await askRights(client, rights, signal);
  const missing = rights.filter((_, index) => answers[index] !== true);
  return groupByResource(missing).map(({ verbs, resource, namespace, without }) => ({
    severity: without === undefined ? 'stop' : 'warning',
    code: 'missing-right',
    message: `no right to ${verbs.join(', ')} ${nameOf(resource)} in ${namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`}${without === undefined ? '' : `: ${without}`}`,
    remedy: `Grant it: ${client.kubectl} ${namespace === undefined ? 'create clusterrole' : `-n ${namespace} create role`} plimsoll --verb=${verbs.join(',')} --resource=${nameOf(resource)}, and bind the role to this identity.`,
  }));
}

interface MissingRights extends Omit<Right, 'verb'> {
  readonly verbs: readonly string[];
}

function groupByResource(rights: readonly Right[]): readonly MissingRights[] {
  const groups = new Map<string, MissingRights>();
  for (const { verb, ...rest } of rights) {
    const key = `${rest.namespace ?? ''} ${nameOf(rest.resource)} ${rest.without ?? ''}`;
    groups.set(key, { ...rest, verbs: [...(groups.get(key)?.verbs ?? []), verb] });
  }
  return [...groups.values()];
}
