import type { Finding } from '../../shared/finding.js';
import type { PlannedFault } from '../fault-injector.js';
import type { PodSelector } from '../manifest.js';
import { matchesSelector } from '../matches-selector.js';
import type { ClusterConfig } from './cluster-config.js';
import { namespacesOf } from './select-pods.js';

/** Where the pods are that make the load, and what labels they have. They are not there yet when a run is planned. */
export interface RunnerPlace {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The services that they send requests to. */
  readonly services: readonly string[];
}

/** A fault that hits what makes the load measures itself. */
export function checkRunners(
  { manifest }: PlannedFault,
  ownNamespace: string,
  runners: RunnerPlace | undefined,
): readonly Finding[] {
  if (runners === undefined) return [];
  const isHit = selectorsIn(manifest.spec).some((selector) => means(selector, ownNamespace, runners));
  if (!isHit) return [];
  return [
    {
      severity: 'stop',
      code: 'fault-on-runners',
      message: `the fault's selector also means the pods of k6 that make the load in namespace ${runners.namespace}`,
      remedy:
        'select by a label that they lack, such as app: orders, or give them a namespace of their own: runners.namespace of the environment',
    },
  ];
}

/** A port-forward ends at a port of this machine, where no pod gets to. */
export function checkReach(
  { reach, services }: Pick<ClusterConfig, 'reach' | 'services'>,
  runners: RunnerPlace | undefined,
): readonly Finding[] {
  if (runners === undefined || reach !== 'forward') return [];
  const forwarded = runners.services.filter((name) => {
    const service = services[name];
    return service !== undefined && !('url' in service);
  });
  if (forwarded.length === 0) return [];
  return [
    {
      severity: 'stop',
      code: 'forward-for-runners',
      message: `the environment has reach: forward, and the pods that make the load cannot use a port-forward of this machine to ${forwarded.join(', ')}`,
      remedy:
        'leave reach out of the environment, or say reach: auto or dns: the pods then use the names of the services',
    },
  ];
}

/** Those of its targets, of the other side of a network fault, and of what a Schedule or Workflow makes. */
function selectorsIn(value: unknown): readonly PodSelector[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(selectorsIn);
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'selector' && typeof part === 'object' && part !== null
      ? [part as PodSelector]
      : selectorsIn(part),
  );
}

function means(selector: PodSelector, ownNamespace: string, { namespace, labels }: RunnerPlace): boolean {
  // Named pods are there already; those of the runners are not.
  if (selector.pods !== undefined && Object.keys(selector.pods).length > 0) return false;
  if (Object.keys(selector.annotationSelectors ?? {}).length > 0) return false;
  return (
    namespacesOf(selector, ownNamespace).includes(namespace) && matchesSelector(selector, { id: '', labels })
  );
}
