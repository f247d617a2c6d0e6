import { EVENTS, NODES } from '../../../shared/kubernetes/object-path.js';
import type { Right } from '../check-rights.js';

/** What of the timeline takes a right of its own. A run asks for none of it: it says what it may not see, and goes on. */
export function rightsToWatch(namespaces: readonly string[]): readonly Right[] {
  const verbs = ['list', 'watch'];
  return [
    ...namespaces.flatMap((namespace) =>
      verbs.map((verb) => ({ verb, resource: EVENTS, namespace, optional: true })),
    ),
    // Nodes are in no namespace.
    ...verbs.map((verb) => ({ verb, resource: NODES, namespace: '', optional: true })),
  ];
}
