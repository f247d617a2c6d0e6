import type { Check } from '../../../shared/check.js';
import type { KubeClient, KubeObject } from '../../../shared/kubernetes/kube-client.js';
import { isForbidden } from '../../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../../shared/kubernetes/list-objects.js';
import { NODES, objectPath } from '../../../shared/kubernetes/object-path.js';
import { checkPresence, hiddenPods } from '../check-chaos-mesh.js';
import {
  listChaosDefinitions,
  listChaosMeshPods,
  readyOnes,
  type ChaosDefinitions,
  type ChaosMeshPods,
  type ComponentPod,
} from '../chaos-mesh-parts.js';
import { compareVersions, versionsOf } from '../compare-versions.js';
import { checkOf, missing, ok, problem } from './make-check.js';

const CRDS = 'CRDs';
const CONTROLLER = 'controller';
const DAEMONS = 'daemons';

/** The parts of Chaos Mesh: its CRDs with their versions, its controller, its daemons node by node. */
export async function examineChaosMesh(client: KubeClient, signal: AbortSignal): Promise<readonly Check[]> {
  const [crds, pods, nodes] = await Promise.all([
    listChaosDefinitions(client, signal),
    listChaosMeshPods(client, signal),
    listNodes(client, signal),
  ]);
  const definitions = crds.status === 'seen' ? crds.definitions : undefined;
  if (pods.status === 'hidden')
    return [...examineDefinitions(crds), checkOf(CONTROLLER, hiddenPods(pods.reason))];
  return [
    ...examineDefinitions(crds),
    ...examineController(client.kubectl, pods),
    ...examineDaemons(client.kubectl, pods, nodes),
    ...examineVersions({ ...pods, definitions }),
  ];
}

/** The kinds that came together, each with the version that they tell. */
function examineDefinitions(crds: ChaosDefinitions): readonly Check[] {
  if (crds.status === 'hidden') {
    return [
      missing(
        CRDS,
        `their versions cannot be seen: ${crds.reason}`,
        'grant the right to list customresourcedefinitions',
      ),
    ];
  }
  const groups = new Map<string, string[]>();
  for (const { plural, version, generator } of crds.definitions) {
    const made = generator === undefined ? '' : ` (made by controller-gen ${generator})`;
    const told = `${version ?? 'version unknown'}${made}`;
    groups.set(told, [...(groups.get(told) ?? []), plural]);
  }
  return [...groups].map(([told, plurals]) =>
    ok(CRDS, `${plurals.length} of ${told}: ${plurals.sort().join(', ')}`),
  );
}

function examineController(
  kubectl: string,
  pods: Extract<ChaosMeshPods, { status: 'seen' }>,
): readonly Check[] {
  const away = checkPresence(kubectl, pods).find(({ code }) => code === 'controller-away');
  return [away === undefined ? ok(CONTROLLER, describePods(pods.controllers)) : checkOf(CONTROLLER, away)];
}

function examineDaemons(
  kubectl: string,
  { namespace, daemons }: Extract<ChaosMeshPods, { status: 'seen' }>,
  nodes: readonly string[] | undefined,
): readonly Check[] {
  const look = `look with: ${kubectl} -n ${namespace} get pods -o wide -l app.kubernetes.io/component=chaos-daemon`;
  const ready = readyOnes(daemons);
  const served = new Set(ready.map(({ node }) => node));
  if (ready.length === 0) {
    return [problem(DAEMONS, 'none is ready: of all faults only pod-kill and pod-failure work', look)];
  }
  const unserved = (nodes ?? daemons.map(({ node }) => node)).filter((node) => !served.has(node));
  const scope = nodes === undefined ? '; whether these are all nodes cannot be seen' : '';
  return [
    ok(DAEMONS, `${describePods(daemons)}, on ${[...served].sort().join(', ')}${scope}`),
    ...unserved.map((node) =>
      missing(DAEMONS, `none is ready on node ${node}: only pod-kill and pod-failure work there`, look),
    ),
  ];
}

function examineVersions(parts: Parameters<typeof compareVersions>[0]): readonly Check[] {
  const { controllers, definitions } = parts;
  const found = compareVersions(parts).map((finding) => checkOf('versions', finding));
  if (found.length > 0) return found;
  const untold = [
    ...(versionsOf(definitions ?? []).length === 0 ? ['the CRDs'] : []),
    ...(versionsOf(controllers).length === 0 ? ['the controller'] : []),
  ];
  return untold.length === 0
    ? [ok('versions', 'CRDs and controller are of one release')]
    : [
        missing(
          'versions',
          `whether CRDs and controller belong together is unknown: ${untold.join(' and ')} tell no version`,
          'compare what was installed; CRDs of another release let the controller inject nothing (Cannot update chaos spec)',
        ),
      ];
}

/** `1 of 1 ready in chaos-mesh, 2.8.3` */
function describePods(pods: readonly ComponentPod[]): string {
  const places = [...new Set(pods.map(({ namespace }) => namespace))].join(', ');
  const versions = versionsOf(pods);
  const version = versions.length === 0 ? 'version unknown' : versions.join(' and ');
  return `${readyOnes(pods).length} of ${pods.length} ready in ${places}, ${version}`;
}

/** Undefined where this identity may not see nodes. */
async function listNodes(client: KubeClient, signal: AbortSignal): Promise<readonly string[] | undefined> {
  try {
    const query = { path: objectPath(NODES), metadataOnly: true };
    return (await listObjects(client, query, ({ metadata }: KubeObject) => metadata.name, signal)).items;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}
