import type { ChaosManifest } from './manifest.js';

/** Of the faults that Plimsoll carries out on a cluster by itself: nothing has to be installed there. */
export const NATIVE_API_VERSION = 'plimsoll.dev/v1';

export const NATIVE_KINDS = ['PodEviction', 'NodeDrain'] as const;
export type NativeKind = (typeof NATIVE_KINDS)[number];

export function isNativeKind(kind: string): kind is NativeKind {
  return (NATIVE_KINDS as readonly string[]).includes(kind);
}

/** The kind of a fault of Plimsoll's own; undefined for one that Chaos Mesh carries out. */
export function nativeKindOf({ apiVersion, kind }: Pick<ChaosManifest, 'apiVersion' | 'kind'>) {
  return apiVersion === NATIVE_API_VERSION && isNativeKind(kind) ? kind : undefined;
}
