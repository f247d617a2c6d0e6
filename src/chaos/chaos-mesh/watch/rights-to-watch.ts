import { EVENTS, NODES } from '../../../shared/kubernetes/object-path.js';
import type { Right } from '../check-rights.js';
import { POD_METRICS } from '../read-usage.js';

/** What of the timeline and of the dose takes a right of its own. A run asks for none of it: it says what it may not see, and goes on. */
export function rightsToWatch(kind: string, namespaces: readonly string[]): readonly Right[] {
  const verbs = ['list', 'watch'];
  return [
    ...(kind === 'StressChaos' ? namespaces : []).map((namespace) => ({
      ...{ verb: 'list', resource: POD_METRICS, namespace, optional: true },
    })),
    ...namespaces.flatMap((namespace) =>
      verbs.map((verb) => ({ verb, resource: EVENTS, namespace, optional: true })),
    ),
    // Nodes are in no namespace.
    ...verbs.map((verb) => ({ verb, resource: NODES, namespace: undefined, optional: true })),
  ];
}
