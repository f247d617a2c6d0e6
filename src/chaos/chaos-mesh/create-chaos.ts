import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound, isUnanswered, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import { RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import type { NamedManifest } from './build-manifest.js';
import { resourceOf } from './chaos-kinds.js';
import type { ClusterAccess } from './cluster-access.js';
import { remedyFor } from './remedy-for.js';

type Access = Pick<ClusterAccess, 'client' | 'clock'>;

const NEVER = new AbortController().signal;
/** As long as an API server takes to start again. */
const LOOK_FOR_MS = 25_000;
const LOOK_EVERY_MS = 1000;
const LOOK_DEADLINE_MS = 4000;
/** So many answers that it is not there: a request that was cut off may still be on its way through a proxy. */
const ABSENCES = 2;

/**
 * Creates a chaos object. The run's signal has no part in it: a request that is cut off half way may have been carried
 * out. Where no answer came, it is looked for, and taken or taken back.
 *
 * Rejects with FAULT_NOT_INJECTED where nothing was left behind, else with FAULT_NOT_RECOVERED.
 */
export async function createChaos({ client, clock }: Access, manifest: NamedManifest): Promise<KubeObject> {
  const { name, namespace } = manifest.metadata;
  const resource = resourceOf(manifest);
  const path = objectPath(resource, namespace);
  const query = { fieldManager: 'plimsoll', fieldValidation: 'Strict' };
  try {
    const created = await client.send(
      { method: 'POST', path, query, body: manifest },
      AbortSignal.timeout(30_000),
    );
    return created.body as KubeObject;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const what = `${manifest.kind} ${namespace}/${name}`;
    if (isUnanswered(error)) return await lookFor({ client, clock }, manifest, what, error);
    throw new PlimsollError('FAULT_NOT_INJECTED', `${what} was refused: ${error.message}`, {
      remedy: remedyFor(error, client.kubectl),
      cause: error,
    });
  }
}

async function lookFor(
  { client, clock }: Access,
  manifest: NamedManifest,
  what: string,
  unanswered: KubeError,
): Promise<KubeObject> {
  const { name, namespace, labels } = manifest.metadata;
  const path = objectPath(resourceOf(manifest), namespace, name);
  let last: unknown = unanswered;
  let absences = 0;
  const untilMs = clock.nowMs() + LOOK_FOR_MS;
  while (clock.nowMs() < untilMs) {
    try {
      const found = (await client.send({ method: 'GET', path }, AbortSignal.timeout(LOOK_DEADLINE_MS)))
        .body as KubeObject;
      if (found.metadata.labels?.[RUN_LABEL] === labels?.[RUN_LABEL]) return found;
      last = new Error(`another ${what} is there`);
      break;
    } catch (error) {
      last = error;
      if (isNotFound(error)) absences += 1;
      if (absences === ABSENCES) {
        throw new PlimsollError('FAULT_NOT_INJECTED', `${what} was not created: ${unanswered.message}`, {
          cause: unanswered,
        });
      }
      await clock.sleep(LOOK_EVERY_MS, NEVER);
    }
  }
  throw new PlimsollError(
    'FAULT_NOT_RECOVERED',
    `${what} may have been created: ${unanswered.message}; looking for it: ${messageOf(last)}`,
    {
      remedy: `${client.kubectl} -n ${namespace} delete ${manifest.kind.toLowerCase()} ${name}`,
      cause: unanswered,
    },
  );
}
