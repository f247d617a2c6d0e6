import type { Check } from '../../../shared/check.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { EVENTS, LEASES, PODS, SERVICES } from '../../../shared/kubernetes/object-path.js';
import { askRights } from '../ask-rights.js';
import { LEFTOVER_KINDS, leftoverResource } from '../chaos-kinds.js';
import { nameOf, type Right } from '../check-rights.js';
import type { ChaosKind } from '../list-chaos.js';
import { missing, ok, problem } from './make-check.js';

export const VERBS = ['create', 'get', 'list', 'watch', 'patch', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

/** What this identity may do in one namespace. */
export interface RightsTable {
  readonly namespace: string;
  readonly rows: readonly RightsRow[];
}

export interface RightsRow {
  /** `networkchaos.chaos-mesh.org` */
  readonly resource: string;
  /** Without them a run works too, and proves less. */
  readonly optional: boolean;
  /** Only the verbs that a run uses. */
  readonly granted: Readonly<Partial<Record<Verb, boolean>>>;
}

/** By what a run asks for: pods always, kinds of faults as the experiment has them. */
export async function examineRights(
  client: KubeClient,
  kinds: readonly ChaosKind[],
  namespace: string,
  signal: AbortSignal,
): Promise<{ readonly table: RightsTable; readonly checks: readonly Check[] }> {
  const wanted = wantedRights(kinds, namespace);
  const answers = await askRights(client, wanted.flat(), signal);
  let next = 0;
  const rows = wanted.map((rights): RightsRow => {
    const granted = rights.map(({ verb }) => [verb, answers[next++] === true] as const);
    const { resource, optional } = rights[0] ?? { resource: PODS, optional: false };
    return { resource: nameOf(resource), optional, granted: Object.fromEntries(granted) };
  });
  const table = { namespace, rows };
  return { table, checks: judgeRights(table, kinds, client.kubectl) };
}

function wantedRights(kinds: readonly ChaosKind[], namespace: string): readonly (readonly Right[])[] {
  const grant = (resource: Right['resource'], verbs: readonly Verb[], optional: boolean): readonly Right[] =>
    verbs.map((verb) => ({ verb, resource, namespace, optional }));
  return [
    grant(PODS, ['list', 'watch'], false),
    grant(SERVICES, ['list'], true),
    grant(EVENTS, ['list'], true),
    grant(LEASES, ['create', 'get', 'patch', 'delete'], true),
    ...LEFTOVER_KINDS.flatMap((kind) => {
      const resource = leftoverResource(kind);
      return resource === undefined ? [] : [grant(resource, ['list'], true)];
    }),
    ...[...kinds]
      .sort((a, b) => a.resource.plural.localeCompare(b.resource.plural))
      .map(({ resource }) => grant(resource, VERBS, false)),
  ];
}

function judgeRights(
  { namespace, rows }: RightsTable,
  kinds: readonly ChaosKind[],
  kubectl: string,
): readonly Check[] {
  const name = `rights in ${namespace}`;
  const remedyFor = (resource: string, verbs: readonly string[]) =>
    `${kubectl} -n ${namespace} create role plimsoll --verb=${verbs.join(',')} --resource=${resource}, and bind it to this identity`;
  const lacking = rows.map((row) => ({ row, verbs: lackingVerbs(row) }));
  const plurals = new Set(kinds.map(({ resource }) => nameOf(resource)));
  const ofKinds = lacking.filter(({ row }) => plurals.has(row.resource));
  const others = lacking.filter(({ row }) => !plurals.has(row.resource));
  const usable = ofKinds.filter(({ verbs }) => verbs.length === 0).length;
  return [
    usable > 0
      ? ok(name, `faults of ${usable} of ${ofKinds.length} kinds`)
      : problem(
          name,
          'faults of no kind: this identity may not create, follow and delete any',
          `plimsoll rbac EXPERIMENT prints the least Role for an experiment; or ${remedyFor('networkchaos.chaos-mesh.org', VERBS)}`,
        ),
    ...others.flatMap(({ row: { resource, optional }, verbs }) => {
      if (verbs.length === 0) return [];
      const detail = `no right to ${verbs.join(', ')} ${resource}`;
      const remedy = remedyFor(resource, verbs);
      return [optional ? missing(name, detail, remedy) : problem(name, detail, remedy)];
    }),
  ];
}

/** To patch a fault is needed only where a recovery has come to a halt. */
function lackingVerbs({ granted }: RightsRow): readonly string[] {
  const isKind = granted.watch !== undefined && granted.create !== undefined;
  return VERBS.filter((verb) => granted[verb] === false && !(isKind && verb === 'patch'));
}
