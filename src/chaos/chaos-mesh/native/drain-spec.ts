import { parseDuration } from '../../../shared/units.js';
import type { DurationMs } from '../../../shared/time.js';
import type { LabelExpression, SelectionMode } from '../../manifest.js';
import type { ChaosManifest } from '../../manifest.js';

/** The spec of a NodeDrain as its schema has let it through. */
export interface DrainSpec {
  /** Of the nodes that it means: by name, or by labels. */
  readonly nodes: readonly string[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly mode: SelectionMode;
  readonly value?: string;
  /** Which pods on them; without it all but those that would be no use to evict. */
  readonly pods: {
    readonly namespaces?: readonly string[];
    readonly labelSelectors?: Readonly<Record<string, string>>;
    readonly expressionSelectors?: readonly LabelExpression[];
  };
  /** Undefined: that of each pod. */
  readonly gracePeriodSeconds: number | undefined;
  /** For all evictions together; undefined: the time for the injection alone counts. */
  readonly timeoutMs: DurationMs | undefined;
  readonly deleteEmptyDirData: boolean;
  readonly allowLastNode: boolean;
}

export function readDrainSpec({ spec }: ChaosManifest): DrainSpec {
  const written = spec as Partial<Omit<DrainSpec, 'timeoutMs'>> & { readonly timeout?: string };
  const { value, timeout } = written;
  return {
    nodes: written.nodes ?? [],
    nodeSelector: written.nodeSelector ?? {},
    mode: written.mode ?? 'one',
    ...(value === undefined ? {} : { value }),
    pods: written.pods ?? {},
    gracePeriodSeconds: written.gracePeriodSeconds,
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
    deleteEmptyDirData: written.deleteEmptyDirData ?? false,
    allowLastNode: written.allowLastNode ?? false,
  };
}
