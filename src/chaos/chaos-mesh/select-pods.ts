import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { listObjects, type ObjectQuery } from '../../shared/kubernetes/list-objects.js';
import { NODES, objectPath, PODS } from '../../shared/kubernetes/object-path.js';
import type { LabelExpression, PodSelector } from '../manifest.js';
import { matchesSelector } from '../matches-selector.js';
import { readPod, type Pod } from './pod.js';

/** Where Chaos Mesh looks: a selector without namespaces means that of its object. */
export function namespacesOf(selector: PodSelector, ownNamespace: string): readonly string[] {
  if (selector.pods !== undefined && Object.keys(selector.pods).length > 0) return Object.keys(selector.pods);
  const { namespaces = [] } = selector;
  return namespaces.length > 0 ? namespaces : [ownNamespace];
}

/** What the API server can sort out by itself; the rest is left to `matchesPod`. */
export function podQuery(selector: PodSelector, namespace: string): ObjectQuery {
  const { fieldSelectors = {} } = selector;
  const path = objectPath(PODS, namespace);
  if (selector.pods !== undefined) return { path };
  const fields = Object.entries(fieldSelectors).map(([key, value]) => `${key}=${value}`);
  return {
    path,
    labelSelector: labelQuery(selector),
    fieldSelector: fields.length > 0 ? fields.join(',') : undefined,
  };
}

/** Every pod that the selector means, as Chaos Mesh reads it; pods that are not running too. */
export async function listSelectedPods(
  client: KubeClient,
  selector: PodSelector,
  ownNamespace: string,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const nodes = await selectedNodes(client, selector, signal);
  const lists = await Promise.all(
    namespacesOf(selector, ownNamespace).map(
      async (namespace) => (await listObjects(client, podQuery(selector, namespace), readPod, signal)).items,
    ),
  );
  return lists.flat().filter((pod) => matchesPod(selector, pod, nodes));
}

/**
 * Where pods are named, Chaos Mesh looks at nothing else.
 *
 * @param nodes the names of the nodes that the selector means; undefined where it says nothing of nodes
 */
export function matchesPod(selector: PodSelector, pod: Pod, nodes?: ReadonlySet<string>): boolean {
  if (selector.pods !== undefined && Object.keys(selector.pods).length > 0) {
    return selector.pods[pod.namespace]?.includes(pod.name) ?? false;
  }
  const {
    labelSelectors = {},
    expressionSelectors = [],
    annotationSelectors = {},
    podPhaseSelectors = [],
  } = selector;
  return (
    matchesSelector({ labelSelectors, expressionSelectors }, { id: pod.name, labels: pod.labels }) &&
    Object.entries(annotationSelectors).every(([key, value]) => pod.annotations[key] === value) &&
    (podPhaseSelectors.length === 0 || podPhaseSelectors.includes(pod.phase)) &&
    (nodes === undefined || nodes.has(pod.node))
  );
}

export async function selectedNodes(
  client: KubeClient,
  { nodes = [], nodeSelectors = {} }: PodSelector,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const labels = Object.entries(nodeSelectors).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return nodes.length === 0 ? undefined : new Set(nodes);
  const query = { path: objectPath(NODES), labelSelector: labels.join(',') };
  const named = (object: KubeObject) => object.metadata.name;
  return new Set([...nodes, ...(await listObjects(client, query, named, signal)).items]);
}

function labelQuery({ labelSelectors = {}, expressionSelectors = [] }: PodSelector): string | undefined {
  const equal = Object.entries(labelSelectors).map(([key, value]) => `${key}=${value}`);
  const parts = [...equal, ...expressionSelectors.map(expressionQuery)];
  return parts.length > 0 ? parts.join(',') : undefined;
}

function expressionQuery({ key, operator, values = [] }: LabelExpression): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}
