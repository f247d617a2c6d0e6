import { messageOf } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import { checkRights } from '../../shared/kubernetes/check-rights.js';
import { isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { JOBS, objectPath } from '../../shared/kubernetes/object-path.js';
import { archiveFindings, shareFindings } from '../runners/preflight-runners.js';
import { buildJob } from './build-job.js';
import type { JobDriverParts } from './create-job-driver.js';
import { rightsOfJob } from './rights-of-job.js';

/** Everything that would keep the runners from coming up, as far as it can be known without creating anything. */
export async function preflightK6Job(
  parts: JobDriverParts,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = [
    ...shareFindings(parts.load, parts.runners),
    ...(await archiveFindings(parts.archive, signal)),
  ];
  try {
    const rights = await checkRights(parts.client, rightsOfJob(parts.config.namespace), signal);
    // The API server would only say the same again.
    const mayCreate = !rights.some(
      ({ severity, message }) => severity === 'stop' && message.includes(' jobs.batch '),
    );
    return [...findings, ...rights, ...(mayCreate ? await tryJob(parts, signal) : [])];
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [
      ...findings,
      {
        severity: 'stop',
        code: 'runners-cannot-check',
        message: `whether runners can be started on ${parts.client.server} cannot be found out: ${error.message}`,
        remedy: `see whether the cluster answers: ${parts.client.kubectl} version`,
      },
    ];
  }
}

/** What the API server and its webhooks say to the Job itself. */
async function tryJob(parts: JobDriverParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { client, config } = parts;
  const { namespace } = config;
  const body = buildJob(parts);
  try {
    const query = { dryRun: 'All', fieldValidation: 'Warn' };
    await client.send({ method: 'POST', path: objectPath(JOBS, namespace), query, body }, signal);
    return [];
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === 0) throw error;
    const isMissing = isNotFound(error);
    return [
      {
        severity: 'stop',
        code: 'runners-refused',
        message: `the API server refuses the Job of the runners: ${messageOf(error)}`,
        remedy: isMissing
          ? `create the namespace, or name another under runners.namespace of the environment`
          : `correct "runners" of the environment`,
      },
    ];
  }
}
