import type { Resource } from '../../shared/kubernetes/object-path.js';
import type { ChaosManifest } from '../manifest.js';
import { isNativeKind } from '../native-kinds.js';

export const CHAOS_GROUP = 'chaos-mesh.org';
const CHAOS_VERSION = 'v1alpha1';

/** Objects that hold other chaos objects, and have no records of their own. */
const COMPOSITES: Readonly<Record<string, string>> = { Schedule: 'schedules', Workflow: 'workflows' };

/** Actions that happen once: they have no duration, and their object stays injected until it is deleted. */
const ONE_SHOTS: Readonly<Record<string, readonly string[]>> = {
  PodChaos: ['pod-kill', 'container-kill'],
  AWSChaos: ['ec2-restart'],
  AzureChaos: ['vm-restart'],
  GCPChaos: ['node-reset'],
};

/** Kinds that act on machines or clouds, and select no pods. */
const WITHOUT_PODS = ['AWSChaos', 'AzureChaos', 'GCPChaos', 'PhysicalMachineChaos'];

/** The objects in which the daemon's rules for a pod stand; they are named after the pod. */
const LEFTOVERS: Readonly<Record<string, string>> = {
  NetworkChaos: 'podnetworkchaos',
  IOChaos: 'podiochaos',
  HTTPChaos: 'podhttpchaos',
};

export function chaosResource(plural: string): Resource {
  return { group: CHAOS_GROUP, version: CHAOS_VERSION, plural };
}

/** Chaos Mesh names the plural of a fault's kind like the kind itself. */
export function resourceOf({ kind }: { readonly kind: string }): Resource {
  return chaosResource(COMPOSITES[kind] ?? kind.toLowerCase());
}

export function isComposite({ kind }: { readonly kind: string }): boolean {
  return kind in COMPOSITES;
}

export function isOneShot({ kind, spec }: Pick<ChaosManifest, 'kind' | 'spec'>): boolean {
  return ONE_SHOTS[kind]?.includes(String(spec.action)) ?? false;
}

/** Whether pods that carry it stop serving, so that a Service needs others that do not. */
export function takesPodsDown({ kind }: { readonly kind: string }): boolean {
  return kind === 'PodChaos' || isNativeKind(kind);
}

export function selectsPods({ kind }: { readonly kind: string }): boolean {
  return !isComposite({ kind }) && !WITHOUT_PODS.includes(kind);
}

/** Where what a fault of this kind leaves in a pod can be seen; undefined where there is no such object. */
export function leftoverResource(kind: string): Resource | undefined {
  const plural = LEFTOVERS[kind];
  return plural === undefined ? undefined : chaosResource(plural);
}

export const LEFTOVER_KINDS = Object.keys(LEFTOVERS);

/** The kinds of fault that a schedule or workflow makes. */
export function childKinds({ kind, spec }: Pick<ChaosManifest, 'kind' | 'spec'>): readonly string[] {
  if (kind === 'Schedule') return [String(spec.type)].filter(isFault);
  const templates = Array.isArray(spec.templates)
    ? (spec.templates as { readonly templateType?: unknown }[])
    : [];
  return [...new Set(templates.map(({ templateType }) => String(templateType)))].filter(isFault);
}

/** The label by which the faults of a schedule or workflow name it. */
export function childLabel(kind: string): string {
  return kind === 'Schedule' ? 'managed-by' : 'chaos-mesh.org/workflow';
}

function isFault(kind: string): boolean {
  return kind.endsWith('Chaos');
}
