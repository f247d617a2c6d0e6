import type { Check } from '../../../shared/check.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { EVENTS, LEASES, PODS, SERVICES } from '../../../shared/kubernetes/object-path.js';
import { askRights } from '../../../shared/kubernetes/ask-rights.js';
import { LEFTOVER_KINDS, leftoverResource } from '../chaos-kinds.js';
import { grant, nameOf, type Right } from '../../../shared/kubernetes/right.js';
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
  /** What a run lacks without it; undefined: there is no run without it. */
  readonly without?: string;
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
    const { resource, without }: Pick<Right, 'resource' | 'without'> = rights[0] ?? { resource: PODS };
    return {
      resource: nameOf(resource),
      granted: Object.fromEntries(granted),
      ...(without === undefined ? {} : { without }),
    };
  });
  const table = { namespace, rows };
  return { table, checks: judgeRights(table, kinds, client.kubectl) };
}

function wantedRights(kinds: readonly ChaosKind[], namespace: string): readonly (readonly Right[])[] {
  return [
    grant(PODS, ['list', 'watch'], namespace),
    grant(SERVICES, ['list'], namespace, 'what share of a Service a fault hits cannot be seen'),
    grant(EVENTS, ['list'], namespace, 'fewer reasons where a fault does not go in'),
    grant(
      LEASES,
      ['create', 'get', 'patch', 'delete'],
      namespace,
      'nothing keeps another run away from the same targets',
    ),
    ...LEFTOVER_KINDS.flatMap((kind) => {
      const resource = leftoverResource(kind);
      const without = 'what a fault leaves in a pod cannot be seen';
      return resource === undefined ? [] : [grant(resource, ['list'], namespace, without)];
    }),
    ...[...kinds]
      .sort((a, b) => a.resource.plural.localeCompare(b.resource.plural))
      .map(({ resource }) => grant(resource, VERBS, namespace)),
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
    ...others.flatMap(({ row: { resource, without }, verbs }) => {
      if (verbs.length === 0) return [];
      const detail = `no right to ${verbs.join(', ')} ${resource}${without === undefined ? '' : `: ${without}`}`;
      const remedy = remedyFor(resource, verbs);
      return [without === undefined ? problem(name, detail, remedy) : missing(name, detail, remedy)];
    }),
  ];
}

/** To patch a fault is needed only where a recovery has come to a halt. */
function lackingVerbs({ granted }: RightsRow): readonly string[] {
  const isKind = granted.watch !== undefined && granted.create !== undefined;
  return VERBS.filter((verb) => granted[verb] === false && !(isKind && verb === 'patch'));
}
