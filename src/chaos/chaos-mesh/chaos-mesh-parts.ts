import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isForbidden, KubeError } from '../../shared/kubernetes/kube-error.js';
import { listObjects, type ObjectQuery } from '../../shared/kubernetes/list-objects.js';
import { DEFINITIONS, objectPath, PODS } from '../../shared/kubernetes/object-path.js';
import { CHAOS_GROUP } from './chaos-kinds.js';
import { isServing, readPod, type Pod } from './pod.js';
import { versionOfImage, versionOfMetadata } from './read-version.js';

/** Where Chaos Mesh runs, unless somebody chose another place. */
export const CHAOS_NAMESPACE = 'chaos-mesh';
export const COMPONENT_LABEL = 'app.kubernetes.io/component';
const NAME_LABEL = 'app.kubernetes.io/name';
const CONTROLLER = 'controller-manager';
const DAEMON = 'chaos-daemon';

/** A pod of Chaos Mesh itself. */
export interface ComponentPod extends Pod {
  /** Of its image; undefined where the image and the labels tell none. */
  readonly version: string | undefined;
}

export type ChaosMeshPods =
  | {
      readonly status: 'seen';
      readonly namespace: string;
      readonly controllers: readonly ComponentPod[];
      readonly daemons: readonly ComponentPod[];
    }
  /** This identity may not see them. */
  | { readonly status: 'hidden'; readonly reason: string };

/** A CRD of Chaos Mesh. */
export interface ChaosDefinition {
  /** `networkchaos` */
  readonly plural: string;
  readonly version: string | undefined;
  /** The version of the tool that made it, which changes with releases of Chaos Mesh. */
  readonly generator: string | undefined;
}

export type ChaosDefinitions =
  | { readonly status: 'seen'; readonly definitions: readonly ChaosDefinition[] }
  | { readonly status: 'hidden'; readonly reason: string };

/** The controller and the daemons, wherever they run; only in their usual namespace where no more may be seen. */
export async function listChaosMeshPods(client: KubeClient, signal: AbortSignal): Promise<ChaosMeshPods> {
  const labelSelector = `${COMPONENT_LABEL} in (${CONTROLLER},${DAEMON})`;
  const list = async (namespace?: string) => {
    const query: ObjectQuery = { path: objectPath(PODS, namespace), labelSelector };
    return (await listObjects(client, query, readComponent, signal)).items;
  };
  try {
    const found = await list().catch(async (error: unknown) => {
      if (isForbidden(error)) return await list(CHAOS_NAMESPACE);
      throw error;
    });
    const pods = found.filter(isOfChaosMesh);
    const of = (component: string) => pods.filter(({ labels }) => labels[COMPONENT_LABEL] === component);
    const [controllers, daemons] = [of(CONTROLLER), of(DAEMON)];
    const namespace = [...controllers, ...daemons][0]?.namespace ?? CHAOS_NAMESPACE;
    return { status: 'seen', namespace, controllers, daemons };
  } catch (error) {
    if (error instanceof KubeError && isForbidden(error)) return { status: 'hidden', reason: error.message };
    throw error;
  }
}

/** The CRDs that the cluster has of Chaos Mesh. */
export async function listChaosDefinitions(
  client: KubeClient,
  signal: AbortSignal,
): Promise<ChaosDefinitions> {
  try {
    const query: ObjectQuery = { path: objectPath(DEFINITIONS), metadataOnly: true };
    const { items } = await listObjects(client, query, readDefinition, signal);
    return { status: 'seen', definitions: items.flatMap((item) => item ?? []) };
  } catch (error) {
    if (error instanceof KubeError && isForbidden(error)) return { status: 'hidden', reason: error.message };
    throw error;
  }
}

export function readyOnes(pods: readonly ComponentPod[]): readonly ComponentPod[] {
  return pods.filter(isServing);
}

/** Other products have a controller-manager, too. */
export function isOfChaosMesh({ namespace, labels }: Pod): boolean {
  return namespace === CHAOS_NAMESPACE || labels[NAME_LABEL] === 'chaos-mesh';
}

function readComponent(object: KubeObject): ComponentPod {
  const containers = (object.spec?.containers ?? []) as readonly { readonly image?: string }[];
  const ofImage = containers.map(({ image = '' }) => versionOfImage(image)).find(Boolean);
  return { ...readPod(object), version: ofImage ?? versionOfMetadata(object.metadata) };
}

function readDefinition({ metadata }: KubeObject): ChaosDefinition | undefined {
  const [plural = '', ...group] = metadata.name.split('.');
  if (group.join('.') !== CHAOS_GROUP) return undefined;
  return {
    plural,
    version: versionOfMetadata(metadata),
    generator: metadata.annotations?.['controller-gen.kubebuilder.io/version'],
  };
}
