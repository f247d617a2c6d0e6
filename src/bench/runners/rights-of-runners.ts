import { grant, type Right } from '../../shared/kubernetes/right.js';
import { POD_EXEC, PODS, type Resource, SECRETS } from '../../shared/kubernetes/object-path.js';

/**
 * What a load with runners needs, whatever makes their pods.
 *
 * @param verbs those that the engine needs on the object that holds all runners; a sweep lists it as well
 */
export function rightsOfRunners(
  resource: Resource,
  verbs: readonly string[],
  namespace: string,
): readonly Right[] {
  return [
    ...grant(resource, verbs, namespace),
    ...grant(resource, ['list'], namespace, 'a sweep cannot find the runners of a run that died'),
    ...grant(SECRETS, ['create'], namespace),
    ...grant(PODS, ['list', 'watch'], namespace),
    // Of a WebSocket some versions of Kubernetes ask for the one, some for the other.
    ...grant(POD_EXEC, ['create', 'get'], namespace),
  ];
}
