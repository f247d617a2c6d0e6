import type { ChaosManifest } from '../chaos/manifest.js';
import { readLocalFault } from '../chaos/local/read-local-fault.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import type { ExperimentDocument } from '../experiments/experiment-schema.js';

type Driver = ConfigDocument['environments'][string]['driver'];

/** What an experiment does, and what has to be there for it. */
export interface Needs {
  readonly faults: readonly FaultNeeds[];
  /** Environments of these drivers can carry all of its faults. */
  readonly drivers: readonly Driver[];
  /** Whether its load is a k6 script; any other runs on the embedded generator too. */
  readonly k6: boolean;
  /** Whether its load is of Go benchmarks. */
  readonly go: boolean;
}

interface FaultNeeds {
  readonly kind: string;
  /** `delay`; of a kind without actions what it is made of: `cpu`, `abort`. */
  readonly action: string;
}

export function needsOf({ faults, load }: ExperimentDocument): Needs {
  const isLocal = faults.every(({ manifest }) => readLocalFault(manifest).status === 'readable');
  return {
    faults: faults.map(({ manifest }) => ({ kind: manifest.kind, action: actionOf(manifest) })),
    drivers: isLocal ? ['local', 'kubernetes'] : ['kubernetes'],
    k6: load.k6 !== undefined,
    go: load.goBench !== undefined,
  };
}

function actionOf({ kind, spec }: ChaosManifest): string {
  if (typeof spec.action === 'string') return spec.action;
  if (kind === 'StressChaos') return Object.keys(Object(spec.stressors) as object).join(' ');
  if (kind === 'HTTPChaos')
    return ['abort', 'delay', 'replace', 'patch'].filter((part) => part in spec).join(' ');
  return kind === 'Schedule' ? String(spec.type) : '';
}
