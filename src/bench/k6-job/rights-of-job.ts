import { grant, type Right } from '../../shared/kubernetes/check-rights.js';
import { JOBS, POD_EXEC, PODS, SECRETS } from '../../shared/kubernetes/object-path.js';

/** The least that runners as a Job need. */
export function rightsOfJob(namespace: string): readonly Right[] {
  return [
    ...grant(JOBS, ['create', 'patch', 'delete'], namespace),
    ...grant(JOBS, ['list'], namespace, 'a sweep cannot find the runners of a run that died'),
    ...grant(SECRETS, ['create'], namespace),
    ...grant(PODS, ['list', 'watch'], namespace),
    // Of a WebSocket some versions of Kubernetes ask for the one, some for the other.
    ...grant(POD_EXEC, ['create', 'get'], namespace),
  ];
}
