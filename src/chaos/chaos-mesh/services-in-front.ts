import { messageOf } from '../../shared/errors.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isForbidden } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, PODS, SERVICES } from '../../shared/kubernetes/object-path.js';
import type { PodSelector } from '../manifest.js';
import { readPod, type Pod } from './pod.js';

/** A Service with the pods behind it. */
export interface ServiceReach {
  /** `shop/orders` */
  readonly id: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly pods: readonly Pod[];
}

export type ServicesInFront =
  | { readonly status: 'seen'; readonly services: readonly ServiceReach[] }
  /** This identity may not see Services. */
  | { readonly status: 'hidden'; readonly reason: string };

/** What the selector of a fault has found; it answers for the pods of most Services, too. */
export interface FoundPods {
  readonly selection?: {
    readonly selector: PodSelector;
    /** All that it means. */
    readonly matched: readonly Pod[];
  };
  /** Those that would carry the fault. */
  readonly targets: readonly Pod[];
}

/** The Services in front of the targets, with all pods behind each. */
export async function servicesInFront(
  client: KubeClient,
  found: FoundPods,
  signal: AbortSignal,
): Promise<ServicesInFront> {
  const namespaces = [...new Set(found.targets.map(({ namespace }) => namespace))];
  try {
    const services = await Promise.all(
      namespaces.map(async (namespace) => await servicesOf(client, namespace, found, signal)),
    );
    return { status: 'seen', services: services.flat() };
  } catch (error) {
    if (isForbidden(error)) return { status: 'hidden', reason: messageOf(error) };
    throw error;
  }
}

async function servicesOf(
  client: KubeClient,
  namespace: string,
  { selection, targets }: FoundPods,
  signal: AbortSignal,
): Promise<readonly ServiceReach[]> {
  const { items } = await listObjects(client, { path: objectPath(SERVICES, namespace) }, readService, signal);
  const hit = items.filter(({ selector }) => targets.some((pod) => isBehind(pod, namespace, selector)));
  return await Promise.all(
    hit.map(async ({ name, selector }) => ({
      id: `${namespace}/${name}`,
      selector,
      pods:
        selection !== undefined && covers(selection.selector, selector)
          ? selection.matched.filter((pod) => isBehind(pod, namespace, selector))
          : await podsBehind(client, namespace, selector, signal),
    })),
  );
}

async function podsBehind(
  client: KubeClient,
  namespace: string,
  selector: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const labelSelector = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const query = { path: objectPath(PODS, namespace), labelSelector };
  return (await listObjects(client, query, readPod, signal)).items;
}

/** Whether a fault that selects by labels alone means every pod behind the Service: thousands need not be listed twice. */
function covers(
  { labelSelectors = {}, namespaces: _namespaces, ...others }: PodSelector,
  service: Readonly<Record<string, string>>,
): boolean {
  const byLabelsAlone = Object.values(others).every((value) => Object.keys(value).length === 0);
  return byLabelsAlone && Object.entries(labelSelectors).every(([key, value]) => service[key] === value);
}

function readService({ metadata, spec }: KubeObject) {
  const selector = (spec?.selector ?? {}) as Readonly<Record<string, string>>;
  return { name: metadata.name, selector };
}

function isBehind(pod: Pod, namespace: string, selector: Readonly<Record<string, string>>): boolean {
  const labels = Object.entries(selector);
  return (
    pod.namespace === namespace &&
    labels.length > 0 &&
    labels.every(([key, value]) => pod.labels[key] === value)
  );
}
