import { messageOf } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import { isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import type { RunnerEngine, RunnerParts } from './runner-engine.js';

/**
 * What the API server and its webhooks say to the object of the runners; nothing is created. Rejects with a KubeError
 * where there is no answer.
 *
 * @param fieldValidation `Strict`: a field that the API server does not know is a refusal
 */
export async function tryObject(
  { kind, resource }: Pick<RunnerEngine, 'kind' | 'resource'>,
  { client, config }: RunnerParts,
  body: object,
  signal: AbortSignal,
  fieldValidation: 'Warn' | 'Strict' = 'Warn',
): Promise<readonly Finding[]> {
  const { namespace } = config;
  try {
    const query = { dryRun: 'All', fieldValidation };
    await client.send({ method: 'POST', path: objectPath(resource, namespace), query, body }, signal);
    return [];
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === 0) throw error;
    const isMissing = isNotFound(error);
    return [
      {
        severity: 'stop',
        code: 'runners-refused',
        message: `the API server refuses the ${kind} of the runners: ${messageOf(error)}`,
        remedy: isMissing
          ? `create the namespace, or name another under runners.namespace of the environment`
          : `correct "runners" of the environment`,
      },
    ];
  }
}
