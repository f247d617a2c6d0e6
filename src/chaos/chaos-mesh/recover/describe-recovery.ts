import type { NamedManifest } from '../build-manifest.js';
import { describeFailure, type ChaosState } from '../chaos-state.js';
import type { ChaosSight } from '../chaos-sight.js';

const FINALIZER = 'chaos-mesh/records';

export function isFree({ status }: ChaosState): boolean {
  return status === 'recovered' || status === 'never-injected';
}

/** Its finalizer lets an object go only when every target is free of it; unless somebody took the finalizer off. */
export function doubtAbout({ object, state, complete }: ChaosSight): string | undefined {
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

export function describeFree(state: ChaosState): string {
  const { status, records } = state;
  // Its last words were not heard.
  if (!isFree(state)) return 'let go by its finalizer, which waits until every target is free';
  if (status === 'never-injected') return 'nothing had been injected';
  const free = records.filter(({ injectedCount, recoveredCount }) => recoveredCount >= injectedCount).length;
  return `${free} of ${records.length} targets recovered`;
}

export function describeStuck(
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

export function nameOf({ kind, metadata }: NamedManifest): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

export function lookAt(kubectl: string, { kind, metadata }: NamedManifest): string {
  return `${kubectl} -n ${metadata.namespace} get ${kind.toLowerCase()} ${metadata.name} -o yaml`;
}
