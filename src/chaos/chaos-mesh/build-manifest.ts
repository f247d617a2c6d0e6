import { createHash } from 'node:crypto';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import type { DurationMs } from '../../shared/time.js';
import type { PlannedFault } from '../fault-injector.js';
import type { ChaosManifest } from '../manifest.js';
import { isComposite, isOneShot } from './chaos-kinds.js';

/** A chaos object that can be created as it is. */
export type NamedManifest = ChaosManifest & {
  readonly metadata: { readonly name: string; readonly namespace: string };
};

export interface ManifestContext {
  readonly runId: string;
  /** Where the object goes that names no namespace. */
  readonly namespace: string;
  /** After this, Chaos Mesh itself ends a fault that nobody ended. */
  readonly leaseMs: DurationMs;
  /** 1 for the first time that the fault is put in. */
  readonly turn: number;
  /** The pods that carry it, by namespace; undefined: Chaos Mesh selects by itself. */
  readonly pods?: Readonly<Record<string, readonly string[]>>;
}

const LONGEST_NAME = 63;

/**
 * The object of a fault as it is created. The plan has named and labelled it; here it gets its place, its pods, and a
 * `duration` that is no window but a dead man's lease. Chaos Mesh counts it from the creation of the object, pauses and
 * slow injections included; the window ends by deletion, well before it.
 */
export function buildManifest({ name, manifest }: PlannedFault, context: ManifestContext): NamedManifest {
  const { metadata = {} } = manifest;
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: {
      ...metadata,
      name: nameOfTurn(metadata.name ?? name, context.turn),
      namespace: metadata.namespace ?? context.namespace,
      labels: { ...metadata.labels, [RUN_LABEL]: context.runId, [MANAGER_LABEL]: 'plimsoll' },
    },
    spec: { ...pinned(manifest.spec, context.pods), ...lease(manifest, context.leaseMs) },
  };
}

/** A fault that comes again is another object each time. */
function nameOfTurn(name: string, turn: number): string {
  if (turn === 1) return name;
  const suffix = `-${turn}`;
  const room = LONGEST_NAME - suffix.length;
  // The end of a planned name tells the runs apart: a long one is cut in its middle.
  const short = name.length <= room ? name : `${name.slice(0, room - 14)}-${digest(name)}${name.slice(-7)}`;
  return `${short}${suffix}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

function pinned(spec: ChaosManifest['spec'], pods: ManifestContext['pods']): Record<string, unknown> {
  if (pods === undefined) return { ...spec };
  const rest = Object.fromEntries(Object.entries(spec).filter(([field]) => field !== 'value'));
  return { ...rest, mode: 'all', selector: { namespaces: Object.keys(pods), pods } };
}

function lease(manifest: ChaosManifest, leaseMs: DurationMs): Record<string, unknown> {
  if (isComposite(manifest) || isOneShot(manifest)) return {};
  return { duration: `${Math.ceil(leaseMs / 1000)}s` };
}
