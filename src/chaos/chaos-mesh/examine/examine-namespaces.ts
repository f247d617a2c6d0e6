import type { Check } from '../../../shared/check.js';
import { isForbidden } from '../../../shared/kubernetes/kube-error.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../../shared/kubernetes/run-labels.js';
import { isOneShot, LEFTOVER_KINDS } from '../chaos-kinds.js';
import type { ClusterAccess } from '../cluster-access.js';
import { findLeftovers } from '../find-leftovers.js';
import { listChaos, type ChaosKind, type ListedChaos } from '../list-chaos.js';
import { readChaosState } from '../read-chaos-state.js';
import { readLease } from '../run-lease.js';
import { nameOf } from '../../../shared/kubernetes/right.js';
import type { RightsTable } from './examine-rights.js';
import { missing, ok, problem } from './make-check.js';

export interface NamespaceScope {
  readonly namespaces: readonly string[];
  readonly kinds: readonly ChaosKind[];
  /** Runs of this machine that go on. */
  readonly living: readonly string[];
  /** As `--environment` names it. */
  readonly environment: string;
  /** What this identity may do in them: of what it may not list, nothing can be told. */
  readonly rights: readonly RightsTable[];
}

/** What is at work, and what was left, in the namespaces where faults may be put in. */
export async function examineNamespaces(
  { client }: Pick<ClusterAccess, 'client'>,
  { namespaces, kinds, living, environment, rights }: NamespaceScope,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const [leases, { objects }] = await Promise.all([
    Promise.all(namespaces.map(async (each) => await examineLease({ client }, each, signal))),
    listChaos(client, kinds, namespaces, undefined, signal),
  ]);
  const faults = objects.filter(({ metadata }) => namespaces.includes(metadata.namespace ?? ''));
  const alive = new Set([...living, ...leases.flatMap(({ holder }) => holder ?? [])]);
  const leftovers = await Promise.all(
    namespaces.map(async (each) => await examinePods({ client }, each, faults, signal)),
  );
  const found = [
    ...leases.map(({ check }) => check),
    ...faults.flatMap((fault) => examineFault(fault, alive, client.kubectl, environment)),
    ...leftovers.flat(),
  ];
  const unseen = rights.flatMap((table) => examineSight(table, kinds));
  const isClean = unseen.length === 0 && found.every(({ name }) => name === LEASE);
  return isClean
    ? [...found, ok('faults', `none in ${namespaces.join(', ')}, and no rules left in pods`)]
    : [...found, ...unseen];
}

/** A fault of a kind that this identity may not list would not have been found. */
function examineSight({ namespace, rows }: RightsTable, kinds: readonly ChaosKind[]): readonly Check[] {
  const blind = kinds.filter(({ resource }) =>
    rows.some((row) => row.resource === nameOf(resource) && row.granted.list === false),
  );
  if (blind.length === 0) return [];
  return [
    missing(
      'faults',
      `those of ${blind.length} of ${kinds.length} kinds cannot be seen in ${namespace}`,
      'grant the right to list them, to know of faults that others have put in',
    ),
  ];
}

const LEASE = 'lease';

async function examineLease(
  { client }: Pick<ClusterAccess, 'client'>,
  namespace: string,
  signal: AbortSignal,
): Promise<{ readonly check: Check; readonly holder?: string }> {
  const lease = await readLease(client, namespace, signal);
  switch (lease.status) {
    case 'free':
      return { check: ok(LEASE, `${namespace} is free`) };
    case 'held':
      return {
        holder: lease.runId,
        check: problem(
          LEASE,
          `run ${lease.runId} is putting faults into ${namespace} just now`,
          'wait until it is over; the lease of a run that died is free again after a minute and a half',
        ),
      };
    case 'unknown':
      return { check: missing(LEASE, `${namespace}: ${lease.reason}`, 'grant the right to get leases') };
  }
}

/** A fault that is there; one that acts once is long over, and counts only as litter of a run that is dead. */
function examineFault(
  fault: ListedChaos,
  alive: ReadonlySet<string>,
  kubectl: string,
  environment: string,
): readonly Check[] {
  const { name, namespace = '', labels = {}, creationTimestamp = 'an unknown time' } = fault.metadata;
  const what = `${fault.kind} ${namespace}/${name} of ${creationTimestamp}`;
  const run = labels[RUN_LABEL];
  if (run !== undefined && labels[MANAGER_LABEL] === 'plimsoll') {
    if (alive.has(run)) return [ok('faults', `${what} is of run ${run}, which goes on`)];
    return [
      problem(
        'faults',
        `${what} was left by run ${run}, which is alive nowhere that can be seen`,
        `plimsoll sweep --environment ${environment} --orphans`,
      ),
    ];
  }
  const { status } = readChaosState(fault);
  const isOver = status === 'recovered' || isOneShot({ kind: fault.kind, spec: fault.spec ?? {} });
  if (isOver) return [];
  return [
    missing(
      'faults',
      `${what} is ${status}; it is of somebody else, and stops runs on its targets`,
      `${kubectl} -n ${namespace} delete ${fault.kind.toLowerCase()} ${name}`,
    ),
  ];
}

/** Rules that stand in pods although the fault that put them there is gone. */
async function examinePods(
  { client }: Pick<ClusterAccess, 'client'>,
  namespace: string,
  faults: readonly ListedChaos[],
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const known = new Set(faults.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  try {
    const left = await findLeftovers(client, namespace, LEFTOVER_KINDS, signal);
    return left
      .filter(({ source }) => source === undefined || !known.has(source))
      .map(({ pod, holder, what }) =>
        problem(
          'leftovers',
          `${pod} may still carry an earlier fault: ${holder}: ${what}`,
          `replace the pod: ${client.kubectl} -n ${namespace} delete pod ${pod.split('/')[1] ?? ''}`,
        ),
      );
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return [
      missing(
        'leftovers',
        `what faults left in the pods of ${namespace} cannot be seen`,
        'see the rights below',
      ),
    ];
  }
}
