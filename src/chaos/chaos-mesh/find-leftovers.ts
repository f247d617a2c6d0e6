import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import { LEFTOVER_KINDS, leftoverResource } from './chaos-kinds.js';

/** A rule that stands in a pod, with the chaos object that put it there. */
export interface Leftover {
  /** `podnetworkchaos shop/orders-1` */
  readonly holder: string;
  /** `namespace/pod` */
  readonly pod: string;
  /** The kind of fault that such rules come from. */
  readonly kind: string;
  /** `namespace/name` of the chaos object; undefined where the daemon has not carried out the last change yet. */
  readonly source: string | undefined;
  /** `rules of shop/delay`, or what the daemon said. */
  readonly what: string;
}

/**
 * The rules of network, IO and HTTP faults that stand in the pods of a namespace. They are kept in objects of their own
 * that outlive the fault where its finalizer was taken off, and then spoil every later fault on that pod. Rules that are
 * gone from there may be in the pod all the same, as long as the daemon has not followed: that counts as left, too.
 */
export async function findLeftovers(
  client: KubeClient,
  namespace: string,
  kinds: readonly string[],
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const lists = await Promise.all(
    kinds
      .filter((kind) => LEFTOVER_KINDS.includes(kind))
      .map(async (kind) => await leftoversOf(client, namespace, kind, signal)),
  );
  return lists.flat();
}

async function leftoversOf(
  client: KubeClient,
  namespace: string,
  kind: string,
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const resource = leftoverResource(kind);
  if (resource === undefined) return [];
  try {
    const query = { path: objectPath(resource, namespace) };
    const { items } = await listObjects(
      client,
      query,
      (object) => rulesOf(object, kind, resource.plural),
      signal,
    );
    return items.flat();
  } catch (error) {
    if (isNotFound(error)) return []; // an installation without this kind
    throw error;
  }
}

function rulesOf(object: KubeObject, kind: string, plural: string): Leftover[] {
  const { name, namespace = '' } = object.metadata;
  const pod = `${namespace}/${name}`;
  const holder = `${plural} ${pod}`;
  const behind = lagOf(object);
  return [
    ...[...sourcesOf(object.spec)].map((source) => ({
      holder,
      pod,
      kind,
      source,
      what: `rules of ${source}`,
    })),
    ...(behind === undefined ? [] : [{ holder, pod, kind, source: undefined, what: behind }]),
  ];
}

/** Why the pod may not be as the object says. */
function lagOf({ metadata, status = {} }: KubeObject): string | undefined {
  const { failedMessage, observedGeneration } = status;
  if (typeof failedMessage === 'string' && failedMessage !== '') return failedMessage;
  const isBehind = typeof observedGeneration === 'number' && observedGeneration < (metadata.generation ?? 0);
  return isBehind ? 'the daemon has not carried out the last change' : undefined;
}

/** The kinds keep their rules in lists of different names; each rule has a `source`. */
function sourcesOf(spec: KubeObject['spec'] = {}): ReadonlySet<string> {
  const rules = Object.values(spec).filter(Array.isArray).flat() as { readonly source?: unknown }[];
  return new Set(
    rules.flatMap(({ source }) => (typeof source === 'string' && source !== '' ? [source] : [])),
  );
}
