import type { Resource } from '../../shared/kubernetes/object-path.js';
import type { Right } from './check-rights.js';

/**
 * The rights to do several things with one resource.
 *
 * @param namespace undefined: in the whole cluster
 */
export function grant(
  resource: Resource,
  verbs: readonly string[],
  namespace: string | undefined,
  optional = false,
): readonly Right[] {
  return verbs.map((verb) => ({ verb, resource, namespace, optional }));
}
