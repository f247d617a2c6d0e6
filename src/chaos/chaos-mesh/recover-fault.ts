import { messageOf } from '../../shared/errors.js';
import { isForbidden, isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath } from '../../shared/kubernetes/object-path.js';
import { formatDuration } from '../../shared/units.js';
import type { EpochMs } from '../../shared/time.js';
import type { Recovery } from '../fault-injector.js';
import type { NamedManifest } from './build-manifest.js';
import { leftoverResource, resourceOf } from './chaos-kinds.js';
import { describeFailure, type ChaosState } from './chaos-state.js';
import type { ChaosPart, ChaosSight, ChaosTracker } from './chaos-tracker.js';
import type { ClusterAccess } from './cluster-access.js';
import { findLeftovers } from './find-leftovers.js';
import { podOf } from './read-coverage.js';

const FINALIZER = 'chaos-mesh/records';
const RETRY_MS = 1000;
const NUDGE_AFTER_MS = 4000;
const NUDGE_ANNOTATION = 'plimsoll.dev/nudged-at';

type Access = Pick<ClusterAccess, 'client' | 'clock' | 'recoverDeadlineMs'>;

/**
 * Deletes the object and waits for proof: every record free of the fault, the object gone, nothing of it left in the
 * pods. Never rejects; what could not be proven in time is `unconfirmed`, with what was seen and the command to look.
 *
 * @param settled resolves to evidence once the targets themselves are back, for faults that end a pod or container
 */
export async function recoverFault(
  access: Access,
  manifest: NamedManifest,
  tracker: ChaosTracker,
  settled?: (signal: AbortSignal) => Promise<string>,
): Promise<Recovery> {
  const { client, clock, recoverDeadlineMs } = access;
  const requestedAtMs = clock.nowMs();
  const deadline = AbortSignal.timeout(recoverDeadlineMs);
  const unconfirmed = (reason: string, remedy = lookAt(client.kubectl, manifest)): Recovery => ({
    status: 'unconfirmed',
    requestedAtMs,
    reason,
    remedy,
  });
  let freeAtMs: EpochMs | undefined;
  let problem = '';
  try {
    await requestDeletion(access, manifest, tracker, deadline, (message) => (problem = message));
    const last = await nudging(
      access,
      tracker,
      deadline,
      async () =>
        await tracker.until((sight) => {
          if (isFree(sight.state)) freeAtMs ??= sight.seenAtMs;
          return sight.presence === 'gone' ? sight : undefined;
        }, deadline),
    );
    const doubt = doubtAbout(last);
    const leftovers = await leftoversOf(access, tracker.parts(), last.state, deadline);
    if (leftovers.status === 'left') {
      return unconfirmed(
        `${nameOf(manifest)} is gone, but it may still be in the pods: ${leftovers.holders.join(', ')}`,
        `${client.kubectl} get ${leftoverResource(manifest.kind)?.plural ?? ''} -A -o yaml; then replace those pods`,
      );
    }
    if (doubt !== undefined && leftovers.status !== 'clean') return unconfirmed(doubt);
    const back = settled === undefined ? '' : `, ${await settled(deadline)}`;
    return {
      status: 'recovered',
      requestedAtMs,
      recoveredAtMs: settled === undefined ? (freeAtMs ?? last.seenAtMs) : clock.nowMs(),
      evidence: `${describeFree(last.state)}, object gone${leftovers.evidence}${back}`,
    };
  } catch (error) {
    if (!deadline.aborted) throw error;
    const waited = formatDuration(recoverDeadlineMs);
    return unconfirmed(`not proven within ${waited}: ${describeStuck(manifest, tracker.current(), problem)}`);
  }
}

/** Asks until the API server has taken it: it may be away just now. */
async function requestDeletion(
  { client, clock }: Access,
  manifest: NamedManifest,
  tracker: ChaosTracker,
  deadline: AbortSignal,
  onProblem: (message: string) => void,
): Promise<void> {
  const { name, namespace } = manifest.metadata;
  const path = objectPath(resourceOf(manifest), namespace, name);
  // Not another object of the same name, should ours be gone.
  const body = {
    preconditions: { uid: tracker.current().object.metadata.uid },
    propagationPolicy: 'Background',
  };
  for (;;) {
    try {
      await client.send({ method: 'DELETE', path, body }, deadline);
      return;
    } catch (error) {
      if (isNotFound(error) || (error instanceof KubeError && error.status === 409)) return;
      if (!(error instanceof KubeError)) throw error;
      onProblem(error.message);
      await clock.sleep(RETRY_MS, deadline);
    }
  }
}

/**
 * Touches the object while nothing happens to it. A controller that starts asks its own webhook before that listens, fails,
 * and never comes back to the object by itself: a deleted fault would stay in for ever.
 */
async function nudging<T>(
  { client, clock }: Access,
  tracker: ChaosTracker,
  deadline: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([deadline, over.signal]);
  const nudge = async (): Promise<void> => {
    for (;;) {
      const before = tracker.current();
      await clock.sleep(NUDGE_AFTER_MS, signal);
      if (tracker.current() !== before) continue;
      const body = { metadata: { annotations: { [NUDGE_ANNOTATION]: String(Math.round(clock.wallMs())) } } };
      for (const { resource, id } of tracker.parts().filter(({ present }) => present)) {
        const [namespace, name] = id.split('/');
        const path = objectPath(resource, namespace, name);
        await client.send({ method: 'PATCH', path, body }, signal).catch((error: unknown) => {
          if (!(error instanceof KubeError)) throw error; // it may be gone, or this identity may not
        });
      }
    }
  };
  const nudged = nudge().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  try {
    return await work();
  } finally {
    over.abort();
    await nudged;
  }
}

function isFree({ status }: ChaosState): boolean {
  return status === 'recovered' || status === 'never-injected';
}

/** Its finalizer lets an object go only when every target is free of it; unless somebody took the finalizer off. */
function doubtAbout({ object, state, complete }: ChaosSight): string | undefined {
  if (isFree(state)) return undefined;
  if (
    !complete &&
    (object.metadata.finalizers ?? []).includes(FINALIZER) &&
    describeFailure(state) === undefined
  ) {
    return undefined;
  }
  const why = describeFailure(state);
  return (
    `the object went away while its targets still carried the fault: somebody took its finalizer off` +
    (why === undefined ? '' : ` (${why})`)
  );
}

type Leftovers =
  | { readonly status: 'clean'; readonly evidence: string }
  | { readonly status: 'unknown'; readonly evidence: string }
  | { readonly status: 'left'; readonly holders: readonly string[] };

async function leftoversOf(
  { client, clock }: Access,
  parts: readonly ChaosPart[],
  state: ChaosState,
  deadline: AbortSignal,
): Promise<Leftovers> {
  const own = new Set(parts.map(({ id }) => id));
  const kinds = [...new Set(parts.map(({ kind }) => kind))].filter(
    (kind) => leftoverResource(kind) !== undefined,
  );
  const namespaces = [...new Set(state.records.map(({ id }) => id.split('/')[0] ?? ''))].filter(Boolean);
  const pods = new Set(state.records.map(({ id }) => podOf(id)));
  let holders: string[] = [];
  // Chaos Mesh takes the rules out before it lets the object go; a moment is allowed for the news to arrive.
  for (let look = 0; look < 3; look++) {
    try {
      const found = await Promise.all(
        namespaces.map(async (namespace) => await findLeftovers(client, namespace, kinds, deadline)),
      );
      const left = found
        .flat()
        .filter(({ source, pod }) => (source === undefined ? pods.has(pod) : own.has(source)));
      holders = left.map(({ holder, what }) => `${holder} (${what})`);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      return { status: 'unknown', evidence: ` (leftovers not looked for: ${messageOf(error)})` };
    }
    if (holders.length === 0) {
      return kinds.length > 0
        ? { status: 'clean', evidence: ', no leftovers in the pods' }
        : { status: 'unknown', evidence: '' };
    }
    await clock.sleep(RETRY_MS, deadline);
  }
  return { status: 'left', holders };
}

function describeFree(state: ChaosState): string {
  const { status, records } = state;
  // Its last words were not heard.
  if (!isFree(state)) return 'let go by its finalizer, which waits until every target is free';
  if (status === 'never-injected') return 'nothing had been injected';
  const free = records.filter(({ injectedCount, recoveredCount }) => recoveredCount >= injectedCount).length;
  return `${free} of ${records.length} targets recovered`;
}

function describeStuck(
  manifest: NamedManifest,
  { presence, object, state }: ChaosSight,
  problem: string,
): string {
  const what = nameOf(manifest);
  if (presence === 'gone') return `${what} is gone, but its targets are not back`;
  const failure = describeFailure(state);
  if (failure !== undefined) return `${what} is ${state.status}; ${failure}`;
  if (object.metadata.deletionTimestamp === undefined) {
    return `${what} could not be deleted${problem === '' ? '' : `: ${problem}`}`;
  }
  return `${what} is ${state.status}, and nothing happens: the controller of Chaos Mesh may be away`;
}

function nameOf({ kind, metadata }: NamedManifest): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

function lookAt(kubectl: string, { kind, metadata }: NamedManifest): string {
  return `${kubectl} -n ${metadata.namespace} get ${kind.toLowerCase()} ${metadata.name} -o yaml`;
}
