import { grant, type Right } from '../../../shared/kubernetes/right.js';
import { EVENTS, NODES } from '../../../shared/kubernetes/object-path.js';
import { POD_METRICS } from '../read-usage.js';

/** What of the timeline and of the dose takes a right of its own. A run asks for none of it: it says what it may not see, and goes on. */
export function rightsToWatch(kind: string, namespaces: readonly string[]): readonly Right[] {
  const verbs = ['list', 'watch'];
  return [
    ...(kind === 'StressChaos' ? namespaces : []).flatMap((namespace) =>
      grant(POD_METRICS, ['list'], namespace, 'whether the stress acted is known from Chaos Mesh alone'),
    ),
    ...namespaces.flatMap((namespace) =>
      grant(EVENTS, verbs, namespace, 'the timeline lacks what Kubernetes says of the targets'),
    ),
    // Nodes are in no namespace.
    ...grant(NODES, verbs, undefined, 'the timeline lacks the nodes'),
  ];
}
