import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { JOBS, objectPath, SECRETS } from '../../shared/kubernetes/object-path.js';
import { buildSecret, RUNNER_CONTAINER } from '../runners/build-pod.js';
import { createFor } from '../runners/create-for.js';
import { deleteObject } from '../runners/delete-object.js';
import type { RunnerEngineDriver, RunnerParts } from '../runners/runner-engine.js';
import { buildJob } from './build-job.js';

const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

/** Runners as the pods of one Job. */
export function createJobDriver(parts: RunnerParts): RunnerEngineDriver {
  const { name, client, clock, config } = parts;
  const { namespace } = config;
  return {
    namespace,
    labelSelector: `batch.kubernetes.io/job-name=${name}`,
    container: RUNNER_CONTAINER,
    indexOf: ({ metadata }) => Number(metadata.annotations?.[INDEX_ANNOTATION] ?? NaN),
    create: (signal) => createFor('Job', () => createJob(parts, signal)),
    remove: () => deleteObject({ client, clock, resource: JOBS, namespace, name, what: 'Job' }),
  };
}

async function createJob(parts: RunnerParts, signal: AbortSignal): Promise<void> {
  const { name, client, config, archive } = parts;
  const { namespace } = config;
  const { packed } = await archive(signal);
  const { body } = await client.send(
    { method: 'POST', path: objectPath(JOBS, namespace), body: buildJob(parts) },
    signal,
  );
  const secret = buildSecret(parts, packed, body as KubeObject);
  await client.send({ method: 'POST', path: objectPath(SECRETS, namespace), body: secret }, signal);
  await client.send(
    { method: 'PATCH', path: objectPath(JOBS, namespace, name), body: { spec: { suspend: false } } },
    signal,
  );
}
