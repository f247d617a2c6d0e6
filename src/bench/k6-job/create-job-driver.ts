import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { JOBS, objectPath, SECRETS } from '../../shared/kubernetes/object-path.js';
import type { Clock } from '../../shared/time.js';
import type { K6Load } from '../k6/k6-load.js';
import type { Archive } from '../runners/archive-script.js';
import { deleteObject } from '../runners/delete-object.js';
import type { RunnerEngineDriver } from '../runners/runner-engine.js';
import {
  ARCHIVE_FILE,
  RUNNER_FILE,
  RUNNER_SCRIPT,
  SERVE_FILE,
  SERVE_SCRIPT,
} from '../runners/runner-scripts.js';
import { buildJob, RUNNER_CONTAINER, runLabels, secretKeyOf, type JobParts } from './build-job.js';

const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

export interface JobDriverParts extends JobParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly load: K6Load;
  /** Packed when it is needed. */
  readonly archive: (signal: AbortSignal) => Promise<Archive>;
}

/** Runners as the pods of one Job. */
export function createJobDriver(parts: JobDriverParts): RunnerEngineDriver {
  const { name, client, clock, config } = parts;
  const { namespace } = config;
  return {
    namespace,
    labelSelector: `batch.kubernetes.io/job-name=${name}`,
    container: RUNNER_CONTAINER,
    indexOf: ({ metadata }) => Number(metadata.annotations?.[INDEX_ANNOTATION] ?? NaN),
    create: async (signal) => {
      try {
        await createJob(parts, signal);
      } catch (thrown) {
        if (!(thrown instanceof KubeError)) throw thrown;
        throw new PlimsollError('LOAD_FAILED', `the Job of the runners: ${messageOf(thrown)}`, {
          remedy: `see what the API server says, and \`plimsoll plan\` with the same environment`,
          cause: thrown,
        });
      }
    },
    remove: () => deleteObject({ client, clock, resource: JOBS, namespace, name, what: 'Job' }),
  };
}

async function createJob(parts: JobDriverParts, signal: AbortSignal): Promise<void> {
  const { name, client, config, archive } = parts;
  const { namespace } = config;
  const { packed } = await archive(signal);
  const { body } = await client.send(
    { method: 'POST', path: objectPath(JOBS, namespace), body: buildJob(parts) },
    signal,
  );
  const { uid } = (body as KubeObject).metadata;
  const secret = buildSecret(parts, packed, uid ?? '');
  await client.send({ method: 'POST', path: objectPath(SECRETS, namespace), body: secret }, signal);
  await client.send(
    { method: 'PATCH', path: objectPath(JOBS, namespace, name), body: { spec: { suspend: false } } },
    signal,
  );
}

/** The archive holds headers and bodies, the environment tokens: both are nobody's business. It goes with the Job. */
function buildSecret({ name, runId, config, load }: JobDriverParts, packed: Buffer, jobUid: string): object {
  const env = load.kind === 'k6-script' ? load.env : {};
  const texts = {
    [RUNNER_FILE]: RUNNER_SCRIPT,
    [SERVE_FILE]: SERVE_SCRIPT,
    ...Object.fromEntries(Object.entries(env).map(([key, value]) => [secretKeyOf(key), value])),
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: config.namespace,
      labels: runLabels(runId),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: jobUid }],
    },
    immutable: true,
    data: { [ARCHIVE_FILE]: packed.toString('base64') },
    stringData: texts,
  };
}
