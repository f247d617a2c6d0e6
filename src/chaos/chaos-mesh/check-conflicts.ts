import type { Finding } from '../../shared/finding.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import { isForbidden } from '../../shared/kubernetes/kube-error.js';
import type { ChaosManifest } from '../manifest.js';
import { isOneShot, LEFTOVER_KINDS, selectsPods } from './chaos-kinds.js';
import { findLeftovers } from './find-leftovers.js';
import { listChaos, listChaosKinds, type ListedChaos } from './list-chaos.js';
import type { Pod } from './pod.js';
import { podOf } from './read-coverage.js';
import { readChaosState } from './read-chaos-state.js';

/**
 * Faults that are on the targets already, whoever put them there, and rules that a fault left behind in a pod. Two faults
 * on one pod break each other, and neither could be told from the other's effect.
 */
export async function checkConflicts(
  client: KubeClient,
  targets: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const kinds = await listChaosKinds(client, signal);
  if (kinds === undefined) return []; // the environment's own preflight tells
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))];
  const ids = new Set(targets.map(({ id }) => id));
  const onPods = kinds.filter(selectsPods);
  const { objects: faults } = await listChaos(client, onPods, namespaces, undefined, signal);
  const active = faults.flatMap((object) => conflictsOf(client, object, ids));
  return [...active, ...(await poisonedPods(client, namespaces, ids, faults, signal))];
}

function conflictsOf(client: KubeClient, object: ListedChaos, ids: ReadonlySet<string>): Finding[] {
  const manifest: Pick<ChaosManifest, 'kind' | 'spec'> = { kind: object.kind, spec: object.spec ?? {} };
  if (isOneShot(manifest)) return []; // it stays injected until it is deleted, and is long over
  const state = readChaosState(object);
  const hit = state.records
    .filter(({ phase }) => phase !== 'not-injected')
    .map(({ id }) => podOf(id))
    .filter((id) => ids.has(id));
  if (hit.length === 0) return [];
  const { name, namespace = '', creationTimestamp = 'unknown' } = object.metadata;
  return [
    {
      severity: 'stop',
      code: 'fault-on-target',
      message: `${object.kind} ${namespace}/${name} is ${state.status} on ${[...new Set(hit)].join(', ')} (created ${creationTimestamp}${madeBy(object)})`,
      remedy: `${client.kubectl} -n ${namespace} delete ${object.kind.toLowerCase()} ${name}, or choose other targets.`,
    },
  ];
}

function madeBy({ metadata }: ListedChaos): string {
  const run = metadata.labels?.['plimsoll.dev/run'];
  return run === undefined ? '' : ` by run ${run}`;
}

async function poisonedPods(
  client: KubeClient,
  namespaces: readonly string[],
  ids: ReadonlySet<string>,
  faults: readonly ListedChaos[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const known = new Set(faults.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  try {
    const found = await Promise.all(
      namespaces.map(async (namespace) => await findLeftovers(client, namespace, LEFTOVER_KINDS, signal)),
    );
    return found
      .flat()
      .filter(({ pod, source }) => ids.has(pod) && (source === undefined || !known.has(source)))
      .map(({ holder, pod, what }) => ({
        severity: 'stop',
        code: 'poisoned-pod',
        message: `${pod} may still carry an earlier fault: ${holder}: ${what}`,
        remedy: `Replace the pod: ${client.kubectl} -n ${pod.split('/')[0] ?? ''} delete pod ${pod.split('/')[1] ?? ''}`,
      }));
  } catch (error) {
    if (isForbidden(error)) return []; // the check of rights tells
    throw error;
  }
}
