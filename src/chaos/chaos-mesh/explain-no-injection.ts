import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { EVENTS, objectPath } from '../../shared/kubernetes/object-path.js';
import type { NamedManifest } from './build-manifest.js';
import { isComposite } from './chaos-kinds.js';
import { describeFailure } from './chaos-state.js';
import type { ChaosSight } from './chaos-sight.js';

/** Why a fault did not get in, in the words of Chaos Mesh where it has any. */
export async function explainNoInjection(
  client: KubeClient,
  manifest: NamedManifest,
  { object, state }: ChaosSight,
): Promise<string> {
  const failure = describeFailure(state);
  const what = `${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`;
  const carrying = state.records.filter(({ phase }) => phase === 'injected').length;
  const reached =
    state.records.length === 0 ? '' : ` (${carrying} of ${state.records.length} targets carried it)`;
  if (failure !== undefined) return `${failure}${reached}`;
  const event = await newestFailure(client, object);
  if (event !== undefined) return `${what}: ${event}${reached}`;
  if (isComposite(manifest)) {
    return `${what} made no fault in time: its schedule, or what comes first in it, takes longer than deadlines.inject`;
  }
  if (object.metadata.finalizers === undefined) {
    return `${what} was not even looked at: the controller of Chaos Mesh may be away, or of another version than its CRDs`;
  }
  return `${what} was not injected in time${reached}, and Chaos Mesh does not say why`;
}

/** Some failures are told by an event alone, such as a selector that matches nothing. */
async function newestFailure(client: KubeClient, { metadata }: KubeObject): Promise<string | undefined> {
  const query = {
    path: objectPath(EVENTS, metadata.namespace),
    fieldSelector: `involvedObject.uid=${metadata.uid ?? ''},type=Warning`,
  };
  const read = (object: KubeObject) => {
    const { message, lastTimestamp } = object as { message?: unknown; lastTimestamp?: unknown };
    return { message: String(message), at: String(lastTimestamp) };
  };
  try {
    const { items } = await listObjects(client, query, read, AbortSignal.timeout(5000));
    return [...items].sort((a, b) => a.at.localeCompare(b.at)).at(-1)?.message;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return undefined; // no right to read events: the reason stays unknown
  }
}
